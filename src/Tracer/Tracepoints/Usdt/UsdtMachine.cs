using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tracepoints.Usdt;

/// <summary>
/// What of the library depends on the processor. The probe is the function's first instruction, so its arguments are still where the
/// calling convention puts them: gcc and sys/sdt.h describe the six arguments of such a function with the same words.
/// </summary>
/// <param name="ElfMachine">e_machine.</param>
/// <param name="SegmentAlignment">Largest page size of the architecture: both segments start on a multiple of it.</param>
/// <param name="Code">A one-instruction nop for the tracer to replace, then a return.</param>
/// <param name="Arguments">Size and place of target_id, nr_regions, start, end, nr_accesses, age, for the probe's note.</param>
/// <param name="Registers">The same places as uprobe_events spells them.</param>
internal sealed record UsdtMachine(ushort ElfMachine, int SegmentAlignment, byte[] Code, string Arguments, string[] Registers)
{
    /// <summary>System V AMD64. The nop has 1 byte: kernels before 6.18 single-step a longer one, which costs more.</summary>
    internal static UsdtMachine X64 { get; } = new(
        Elf.EM_X86_64, 0x1000, [0x90, 0xC3], "8@%rdi 4@%esi 8@%rdx 8@%rcx 4@%r8d 4@%r9d", ["%di", "%si", "%dx", "%cx", "%r8", "%r9"]);

    /// <summary>AAPCS64. UNPROVED: written from the documents, never run.</summary>
    internal static UsdtMachine Arm64 { get; } = new(
        Elf.EM_AARCH64, 0x10000, [0x1F, 0x20, 0x03, 0xD5, 0xC0, 0x03, 0x5F, 0xD6], "8@x0 4@x1 8@x2 8@x3 4@x4 4@x5",
        ["%x0", "%x1", "%x2", "%x3", "%x4", "%x5"]);

    /// <summary>The machine this process runs on; null when the library is not written for it.</summary>
    internal static UsdtMachine? Current => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => X64,
        Architecture.Arm64 => Arm64,
        _ => null,
    };
}
