namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>A perfect access check: a function of the address tells the state. Also checks the contract of the batch calls.</summary>
internal sealed class SimulatedAccesses(Func<ulong, AccessState> stateOf) : IAccessCheck
{
    private ulong[] _prepared = [];
    private int _nrPrepared;

    public AccessGranularity Granularity { get; init; } = AccessGranularity.Page;

    public string Labels => "simulated=yes";

    public int NrMakeOld { get; private set; }

    public int NrReadYoung { get; private set; }

    /// <summary>Addresses of the latest batch.</summary>
    public ReadOnlySpan<ulong> Prepared => _prepared.AsSpan(0, _nrPrepared);

    public static SimulatedAccesses Hot(Func<AddressRange> hot) => new(
        address => address >= hot().Start && address < hot().End ? AccessState.Accessed : AccessState.NotAccessed);

    public static SimulatedAccesses Always(AccessState state) => new(_ => state);

    public void MakeOld(ReadOnlySpan<ulong> addresses)
    {
        NrMakeOld++;
        if (_prepared.Length < addresses.Length)
        {
            _prepared = new ulong[addresses.Length * 2];
        }

        addresses.CopyTo(_prepared);
        _nrPrepared = addresses.Length;
    }

    public void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        NrReadYoung++;
        if (!addresses.SequenceEqual(Prepared) || states.Length != addresses.Length)
        {
            throw new InvalidOperationException("ReadYoung must get the addresses of MakeOld.");
        }

        for (int i = 0; i < states.Length; i++)
        {
            states[i] = stateOf(addresses[i]);
        }
    }

    public void Dispose()
    {
    }
}
