namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Registers of the BPF machine: R0 is a result, R1 to R5 are arguments and lost by a call, R6 to R9 stay, R10 is the stack's end.
/// </summary>
internal enum BpfRegister
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
}
