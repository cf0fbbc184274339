namespace Damon.Trace.Exporters.Tests.Fuzz;

/// <summary>Breaks a file: bytes changed, often to borders of ranges, parts left out, doubled or replaced by words of the format, the end cut off.</summary>
internal static class Mutation
{
    private const int HeadBytes = 1500;
    private const int MaxPartBytes = 200;

    internal static byte[] Apply(byte[] original, IReadOnlyList<byte[]> pieces, Random random)
    {
        byte[] bytes = [.. original];
        for (int i = random.Next(1, 8); i > 0 && bytes.Length > 0; i--)
        {
            // The head decides more than its size: every second change goes there.
            int at = random.Next(random.Next(2) == 0 ? Math.Min(HeadBytes, bytes.Length) : bytes.Length);
            bytes = Once(bytes, at, pieces, random);
        }

        return bytes;
    }

    private static byte[] Once(byte[] bytes, int at, IReadOnlyList<byte[]> pieces, Random random)
    {
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                bytes.AsSpan(at, Math.Min(bytes.Length - at, 1 << random.Next(4))).Fill((byte)(random.Next(2) * 255));
                return bytes;
            case 3:
                byte[] number = BitConverter.GetBytes(random.NextInt64() >> random.Next(64));
                number.AsSpan(0, Math.Min(number.Length, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 4:
                int length = Math.Min(random.Next(MaxPartBytes), bytes.Length - at);
                return random.Next(2) == 0 ? [.. bytes[..at], .. bytes[(at + length)..]] : [.. bytes[..(at + length)], .. bytes[at..]];
            case 5 when pieces.Count > 0:
                return [.. bytes[..at], .. pieces[random.Next(pieces.Count)], .. bytes[at..]];
            default:
                return random.Next(4) == 0 ? bytes[..at] : bytes;
        }
    }
}
