using System.Buffers.Binary;
using System.Text;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Writes the sampled accesses of a recording (<c>record --who</c>) as a perf.data file of their own: samples with instruction, address, thread,
/// stack and weight, the mappings they are in and the names of threads. <c>perf report --sort=sym,comm</c> and every viewer of perf.data read it;
/// perf finds the symbols itself, in the files that were mapped and in /tmp/perf-PID.map. The stream must be seekable, begin empty, and belongs to
/// the caller. Constant memory but for the targets' mappings.
/// </summary>
/// <remarks>
/// One event without identifiers. Regions are not in it: perf sorts by events, and these are no samples. Of the kernel's symbols perf knows
/// nothing here: its accesses are <c>[unknown]</c>. The sample type says PERIOD for the weight, in thousandths.
/// </remarks>
public sealed class PerfAccessWriter : IRecordingSink
{
    private const ulong SampleFields =
        SampleType.Ip | SampleType.Tid | SampleType.Time | SampleType.Addr | SampleType.Callchain | SampleType.Period;

    // A probe at a breakpoint has no type of its own that perf would not want to look up: PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY.
    private const uint TypeSoftware = 1;
    private const ulong ConfigDummy = 9;

    private const uint RecordMmap = 1;
    private const ushort MiscKernel = 1;
    private const ulong UserContext = ulong.MaxValue - 511; // PERF_CONTEXT_USER, -512
    private const int MostFrames = 127;
    private const int DataBegin = PerfFile.HeaderBytes + EventAttribute.Bytes + PerfFile.SectionBytes;

    private readonly Stream _output;
    private readonly PerfDataOptions _options;
    private readonly byte[] _record = new byte[1 << 16];
    private readonly Dictionary<ulong, TargetDescription> _targets = [];
    private readonly Dictionary<ulong, (uint Generation, List<MappingDescription> Mappings)> _mappings = [];
    private readonly HashSet<(int Pid, ulong Start, ulong End, string Name)> _written = [];
    private readonly Dictionary<int, string> _comms = [];
    private ClockPair? _clock;
    private ulong _firstNs = ulong.MaxValue;
    private ulong _lastNs;
    private long _dataBytes;

    /// <param name="output">Seekable and empty; stays the caller's.</param>
    /// <param name="options">Null for the defaults.</param>
    public PerfAccessWriter(Stream output, PerfDataOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!output.CanSeek)
        {
            throw new ArgumentException("a perf.data file needs a seekable stream", nameof(output));
        }

        _output = output;
        _options = options ?? new PerfDataOptions();
        _output.Write(new byte[DataBegin]);
    }

    /// <summary>Accesses written.</summary>
    public long Accesses { get; private set; }

    /// <inheritdoc/>
    public void OnContext(ContextDescription context)
    {
    }

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target) => _targets[target.TargetId] = target;

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping)
    {
        if (!_mappings.TryGetValue(mapping.TargetId, out var known) || known.Generation != mapping.Generation)
        {
            _mappings[mapping.TargetId] = known = (mapping.Generation, []);
        }

        known.Mappings.Add(mapping);
    }

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
    }

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat) => _clock ??= new ClockPair(heartbeat.WallNs, heartbeat.MonotonicNs);

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
        if (access.Kind != AccessEventKind.Access || !_targets.TryGetValue(access.TargetId, out TargetDescription? target))
        {
            return;
        }

        AddComm(target.Pid, target.Pid, target.Comm);
        AddComm(target.Pid, access.Access.Tid, access.Thread ?? target.Comm);
        IReadOnlyList<CodeFrame> frames = access.Stack?.Frames ?? [];
        foreach (CodeFrame frame in frames)
        {
            AddMapping(target, frame);
        }

        AddSample(target.Pid, access.Access, frames);
        Accesses++;
    }

    /// <exception cref="RecordingFormatException">There was no access: perf takes an empty file for an interrupted one.</exception>
    public void OnEnd(RecordingEnd end)
    {
        if (Accesses == 0)
        {
            throw new RecordingFormatException("no accesses were sampled; hint: 'damon-trace record --who' does");
        }

        long dataEnd = DataBegin + _dataBytes;
        List<(int Bit, byte[] Payload)> features = FeatureBuilder.BuildOf(
            [(Attribute, DamonEventName.Access)], _options.Machine ?? MachineDescription.OfThisMachine(), _options, (_firstNs, _lastNs), _clock);
        byte[] trailer = PerfFile.Trailer(dataEnd, features);
        _output.Write(trailer);
        _output.Position = 0;
        _output.Write(Head(features));
        _output.Position = dataEnd + trailer.Length;
        _output.Flush();
    }

    private static EventAttribute Attribute { get; } = new(
        TypeSoftware, ConfigDummy, SampleFields, 0, EventAttribute.SampleIdAll | EventAttribute.UseClockId, ClockId: 1);

    private byte[] Head(List<(int Bit, byte[] Payload)> features)
    {
        byte[] head = new byte[DataBegin];
        PerfFile.PutHeader(
            head, (PerfFile.HeaderBytes, EventAttribute.Bytes + PerfFile.SectionBytes), (DataBegin, _dataBytes),
            features.Select(static feature => feature.Bit));
        Attribute.ToBytes().CopyTo(head, PerfFile.HeaderBytes);
        return head;
    }

    /// <summary>Time 0: what a record describes holds from the begin on, so that the order of samples does not matter.</summary>
    private void AddComm(int pid, int tid, string comm)
    {
        if (_comms.TryGetValue(tid, out string? known) && known == comm)
        {
            return;
        }

        _comms[tid] = comm;
        var record = new RecordBuilder(_record, RecordType.Comm, 0);
        record.Add((uint)pid);
        record.Add((uint)tid);
        record.AddText(comm);
        AddIds(ref record, pid, tid);
        Write(record);
    }

    private static void AddIds(ref RecordBuilder record, int pid, int tid)
    {
        record.Add((uint)pid);
        record.Add((uint)tid);
        record.Add(0UL);
    }

    /// <summary>The part of a file that code is from: where it is mapped the recording says, where in the file the frame.</summary>
    private void AddMapping(TargetDescription target, in CodeFrame frame)
    {
        ulong ip = frame.Ip;
        if (ip > long.MaxValue || !_mappings.TryGetValue(target.TargetId, out var known)
            || known.Mappings.Find(mapping => ip >= mapping.Start && ip < mapping.End) is not { } mapping
            || !_written.Add((target.Pid, mapping.Start, mapping.End, mapping.Name)))
        {
            return;
        }

        bool isFile = mapping.Name.StartsWith('/') && frame.FileOffset != 0;
        var record = new RecordBuilder(_record, RecordMmap, RecordType.MiscUser);
        record.Add((uint)target.Pid);
        record.Add((uint)target.Pid);
        record.Add(mapping.Start);
        record.Add(mapping.End - mapping.Start);
        record.Add(isFile ? frame.FileOffset - (ip - mapping.Start) : mapping.Start);

        // What no file has perf looks up in /tmp/perf-PID.map.
        record.AddText(isFile || mapping.Name == "[vdso]" ? mapping.Name : "//anon");
        AddIds(ref record, target.Pid, target.Pid);
        Write(record);
    }

    /// <summary>IP, TID, TIME, ADDR, PERIOD, CALLCHAIN: in the order that the kernel gives them.</summary>
    private void AddSample(int pid, in AccessRecord access, IReadOnlyList<CodeFrame> frames)
    {
        _firstNs = Math.Min(_firstNs, access.TimeNs);
        _lastNs = Math.Max(_lastNs, access.TimeNs);
        var record = new RecordBuilder(_record, RecordType.Sample, access.IsKernel == 1 ? MiscKernel : RecordType.MiscUser);
        record.Add(access.Ip);
        record.Add((uint)pid);
        record.Add((uint)access.Tid);
        record.Add(access.TimeNs);
        record.Add(access.Address);
        record.Add((ulong)Math.Max(1, Math.Round(access.Weight * 1000)));
        int count = Math.Min(frames.Count, MostFrames);
        record.Add((ulong)count + 1);
        record.Add(UserContext);
        for (int i = 0; i < count; i++)
        {
            record.Add(frames[i].Ip);
        }

        Write(record);
    }

    private void Write(in RecordBuilder record)
    {
        ReadOnlySpan<byte> bytes = record.Complete();
        _output.Write(bytes);
        _dataBytes += bytes.Length;
    }

    /// <summary>One record of perf: header, fields, size.</summary>
    private ref struct RecordBuilder
    {
        private readonly Span<byte> _bytes;
        private int _used;

        internal RecordBuilder(Span<byte> bytes, uint type, ushort misc)
        {
            _bytes = bytes;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, type);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], misc);
            _used = RecordType.HeaderBytes;
        }

        internal void Add(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes[_used..], value);
            _used += sizeof(uint);
        }

        internal void Add(ulong value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes[_used..], value);
            _used += sizeof(ulong);
        }

        /// <summary>At least one NUL, padded to 8.</summary>
        internal void AddText(string text)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            int room = (utf8.Length + 8) / 8 * 8;
            _bytes.Slice(_used, room).Clear();
            utf8.CopyTo(_bytes[_used..]);
            _used += room;
        }

        internal readonly ReadOnlySpan<byte> Complete()
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes[6..], (ushort)_used);
            return _bytes[.._used];
        }
    }
}
