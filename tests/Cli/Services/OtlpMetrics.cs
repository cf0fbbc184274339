using System.Buffers.Binary;
using System.Text;

namespace Damon.Trace.Cli.Tests.Services;

/// <summary>
/// As much of an ExportMetricsServiceRequest as a test asks for (opentelemetry-proto, metrics.proto): fields by their numbers in protobuf's wire format.
/// Resource metrics (1) have a resource (1) and scopes (2), those metrics (2) with name (1), unit (3) and a gauge (5) or sum (7) of data points (1), which
/// have attributes (7) and a number: as_double (4) or as_int (6).
/// </summary>
internal sealed class OtlpMetrics
{
    internal Dictionary<string, string> Resource { get; } = [];

    internal List<(string Name, string Unit, Dictionary<string, string> Attributes, double Value)> Points { get; } = [];

    internal static OtlpMetrics Decode(byte[] message)
    {
        var metrics = new OtlpMetrics();
        foreach ((_, ReadOnlyMemory<byte> resourceMetrics, _) in Fields(message, 1))
        {
            foreach ((_, ReadOnlyMemory<byte> resource, _) in Fields(resourceMetrics, 1))
            {
                AddAttributes(resource, 1, metrics.Resource);
            }

            foreach ((_, ReadOnlyMemory<byte> scope, _) in Fields(resourceMetrics, 2))
            {
                foreach ((_, ReadOnlyMemory<byte> metric, _) in Fields(scope, 2))
                {
                    metrics.Add(metric);
                }
            }
        }

        return metrics;
    }

    private void Add(ReadOnlyMemory<byte> metric)
    {
        string name = Text(metric, 1);
        string unit = Text(metric, 3);
        foreach ((_, ReadOnlyMemory<byte> data, _) in Fields(metric, 5).Concat(Fields(metric, 7)))
        {
            foreach ((_, ReadOnlyMemory<byte> point, _) in Fields(data, 1))
            {
                Dictionary<string, string> attributes = [];
                AddAttributes(point, 7, attributes);
                ulong[] doubles = [.. Fields(point, 4).Select(static field => field.Number)];
                ulong[] integers = [.. Fields(point, 6).Select(static field => field.Number)];
                Points.Add((name, unit, attributes, doubles.Length > 0 ? BitConverter.UInt64BitsToDouble(doubles[0]) : (long)Assert.Single(integers)));
            }
        }
    }

    /// <summary>KeyValue: key (1), value (2), of which string_value (1) or int_value (3).</summary>
    private static void AddAttributes(ReadOnlyMemory<byte> message, int number, Dictionary<string, string> attributes)
    {
        foreach ((_, ReadOnlyMemory<byte> pair, _) in Fields(message, number))
        {
            ReadOnlyMemory<byte> value = Fields(pair, 2).Single().Bytes;
            attributes[Text(pair, 1)] = Fields(value, 3).Select(static field => $"{field.Number}").FirstOrDefault() ?? Text(value, 1);
        }
    }

    private static string Text(ReadOnlyMemory<byte> message, int number) =>
        Encoding.UTF8.GetString(Fields(message, number).Select(static field => field.Bytes).FirstOrDefault().Span);

    private static List<(int Field, ReadOnlyMemory<byte> Bytes, ulong Number)> Fields(ReadOnlyMemory<byte> message, int wanted)
    {
        List<(int, ReadOnlyMemory<byte>, ulong)> fields = [];
        for (int at = 0; at < message.Length;)
        {
            ulong key = Varint(message, ref at);
            (ReadOnlyMemory<byte> bytes, ulong number) = (default, 0);
            switch (key & 7)
            {
                case 0:
                    number = Varint(message, ref at);
                    break;
                case 1:
                    number = BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]);
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint(message, ref at);
                    bytes = message.Slice(at, length);
                    at += length;
                    break;
                case 5:
                    number = BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..]);
                    at += 4;
                    break;
                default:
                    Assert.Fail($"wire type {key & 7}");
                    break;
            }

            if ((int)(key >> 3) == wanted)
            {
                fields.Add((wanted, bytes, number));
            }
        }

        return fields;
    }

    private static ulong Varint(ReadOnlyMemory<byte> message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message.Span[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
