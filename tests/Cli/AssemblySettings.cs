// Recordings share one provider per process and watch real time: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
