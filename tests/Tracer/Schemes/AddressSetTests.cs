using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Tracer.Tests.Schemes;

public sealed class AddressSetTests
{
    /// <summary>Against one flag for each address: 1,000 seeded cases of 40 ranges among 200 addresses.</summary>
    [Fact]
    public void Add_CountsWhatIsNewAndKeepsRangesApart()
    {
        for (int seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var set = new AddressSet();
            bool[] known = new bool[200];
            for (int i = 0; i < 40; i++)
            {
                int start = random.Next(200);
                int end = random.Next(start + 1, 201);
                int expected = known[start..end].Count(isKnown => !isKnown);
                known.AsSpan(start, end - start).Fill(true);

                Assert.Equal((ulong)expected, set.Add(new AddressRange((ulong)start, (ulong)end)));
            }

            Assert.All(set.Ranges.Zip(set.Ranges.Skip(1)), pair => Assert.True(pair.First.End < pair.Second.Start, $"seed {seed}"));
            Assert.Equal(known.Count(isKnown => isKnown), set.Ranges.Sum(range => (int)range.Size));
        }
    }
}
