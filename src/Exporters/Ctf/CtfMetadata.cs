using System.Globalization;

namespace Damon.Trace.Exporters.Ctf;

/// <summary>The metadata file: what the bytes of <see cref="CtfStream"/> mean, in TSDL, the description language of CTF 1.8.</summary>
internal static class CtfMetadata
{
    /// <param name="uuid">As in every packet header.</param>
    /// <param name="wallOffsetNs">What to add to a time stamp to get nanoseconds since 1970; null when it is not known.</param>
    /// <param name="toolVersion">Version of damon-trace.</param>
    internal static string Text(Guid uuid, long? wallOffsetNs, Version toolVersion)
    {
        // A negative offset has no meaning since 1970; the division rounds towards minus infinity all the same.
        long offset = wallOffsetNs ?? 0;
        long seconds = Math.DivRem(offset, 1_000_000_000, out long rest);
        if (rest < 0)
        {
            seconds--;
            rest += 1_000_000_000;
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            /* CTF 1.8 */

            typealias integer { size = 8; align = 8; signed = false; } := uint8_t;
            typealias integer { size = 16; align = 8; signed = false; } := uint16_t;
            typealias integer { size = 32; align = 8; signed = false; } := uint32_t;
            typealias integer { size = 64; align = 8; signed = false; } := uint64_t;
            typealias integer { size = 32; align = 8; signed = true; } := int32_t;

            trace {
            	major = 1;
            	minor = 8;
            	uuid = "{{uuid}}";
            	byte_order = le;
            	packet.header := struct {
            		uint32_t magic;
            		uint8_t uuid[16];
            		uint32_t stream_id;
            	};
            };

            env {
            	domain = "damon";
            	tracer_name = "damon-trace";
            	tracer_major = {{toolVersion.Major}};
            	tracer_minor = {{toolVersion.Minor}};
            };

            clock {
            	name = monotonic;
            	description = "CLOCK_MONOTONIC";
            	freq = 1000000000;
            	offset_s = {{seconds}};
            	offset = {{rest}};
            	absolute = {{(wallOffsetNs is null ? "FALSE" : "TRUE")}};
            };

            typealias integer { size = 64; align = 8; signed = false; map = clock.monotonic.value; } := timestamp_t;

            stream {
            	id = 0;
            	packet.context := struct {
            		timestamp_t timestamp_begin;
            		timestamp_t timestamp_end;
            		uint64_t content_size;
            		uint64_t packet_size;
            		uint64_t packet_seq_num;
            		uint64_t events_discarded;
            		uint32_t cpu_id;
            	};
            	event.header := struct {
            		uint16_t id;
            		timestamp_t timestamp;
            	};
            	event.context := struct {
            		int32_t _tid;
            		integer { size = 8; align = 8; signed = false; encoding = UTF8; } _procname[16];
            	};
            };

            event {
            	name = "damon:damon_aggregated";
            	id = 0;
            	stream_id = 0;
            	fields := struct {
            		uint64_t _target_id;
            		uint32_t _nr_regions;
            		uint64_t _start;
            		uint64_t _end;
            		uint32_t _nr_accesses;
            		uint32_t _age;
            	};
            };

            event {
            	name = "damon:damon_monitor_intervals_tune";
            	id = 1;
            	stream_id = 0;
            	fields := struct {
            		uint64_t _sample_us;
            	};
            };

            """);
    }
}
