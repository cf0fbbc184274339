-- One row is one look at one process: bytes, by how long they had been idle. Idle for longer than the pages have been followed is not known: null
-- then, never 0.
CREATE OR REPLACE VIEW services AS
SELECT p.host, p.date, p.recording, p.target_id, t.service, p.monotonic_ns, sum(p.resident) AS resident_bytes,
    sum(CASE WHEN p.followed_s >= 10 THEN p.resident * p.within_10s / nullif(p.followed, 0) END) AS working_set_bytes,
    sum(CASE WHEN p.followed_s >= 120 THEN p.resident * p.over_120s / nullif(p.followed, 0) END) AS cold_120s_bytes,
    sum(CASE WHEN p.followed_s >= 600 THEN p.resident * p.over_600s / nullif(p.followed, 0) END) AS cold_600s_bytes
FROM (
    SELECT host, date, recording, target_id, monotonic_ns, CAST(resident_bytes AS DOUBLE) AS resident, (monotonic_ns - since_ns) / 1e9 AS followed_s,
        pages_100ms + pages_200ms + pages_500ms + pages_1s + pages_2s + pages_5s + pages_10s AS within_10s,
        pages_300s + pages_600s + pages_1800s + pages_3600s + pages_longer AS over_120s,
        pages_1800s + pages_3600s + pages_longer AS over_600s,
        pages_unknown + pages_100ms + pages_200ms + pages_500ms + pages_1s + pages_2s + pages_5s + pages_10s + pages_20s + pages_60s + pages_120s
            + pages_300s + pages_600s + pages_1800s + pages_3600s + pages_longer AS followed
    FROM idle
) p
JOIN (
    SELECT host, date, recording, target_id, max_by(comm, monotonic_ns) AS service FROM targets GROUP BY host, date, recording, target_id
) t ON t.host = p.host AND t.date = p.date AND t.recording = p.recording AND t.target_id = p.target_id
GROUP BY p.host, p.date, p.recording, p.target_id, t.service, p.monotonic_ns;
