using System.Diagnostics;

namespace Damon.Trace.Accuracy.Programs;

/// <summary>
/// A JVM with a heap of 512 MB that is touched at the start (AlwaysPreTouch) and locked by mlockall(2), which the program calls itself through
/// the foreign function interface: locks do not survive exec. It sweeps an array of 32 MB.
/// </summary>
internal sealed class LockedJvm : ServerProgram
{
    private const string Source = """
        import jdk.incubator.foreign.*;
        import java.lang.invoke.*;

        class Locked {
            public static void main(String[] args) throws Throwable {
                MethodHandle mlockall = CLinker.getInstance().downcallHandle(
                    CLinker.systemLookup().lookup("mlockall").get(),
                    MethodType.methodType(int.class, int.class), FunctionDescriptor.of(CLinker.C_INT, CLinker.C_INT));
                int result = (int) mlockall.invokeExact(1); // MCL_CURRENT
                if (result != 0) { System.out.println("mlockall failed"); return; }
                byte[] hot = new byte[32 << 20];
                System.out.println("locked");
                for (long sum = 0; ; ) {
                    for (int i = 0; i < hot.length; i += 4096) sum += hot[i]++;
                    Thread.sleep(0, 500000);
                    if (sum == 42) System.out.println(sum);
                }
            }
        }
        """;

    /// <inheritdoc/>
    internal override int Start()
    {
        string file = Path.Combine(Folder, "Locked.java");
        string log = Path.Combine(Folder, "log");
        File.WriteAllText(file, Source);
        Process jvm = Run(
            "sh", "-c",
            $"exec java -Xms512m -Xmx512m -XX:+AlwaysPreTouch -XX:+UseSerialGC --add-modules jdk.incubator.foreign --enable-native-access=ALL-UNNAMED {file} >{log} 2>&1");
        Await(() => jvm.HasExited || (File.Exists(log) && File.ReadAllText(log).Contains("locked", StringComparison.Ordinal)), "mlockall");
        if (jvm.HasExited)
        {
            throw new NotPossibleException("java: " + File.ReadAllText(log).Split('\n')[^2]);
        }

        Thread.Sleep(2000);
        return jvm.Id;
    }
}
