"""What is read out of wrk's report."""

import pytest

from bench.wrk import Report, parse

REPORT = """Running 4s test @ http://127.0.0.1:9102/v1/chat/completions
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    33.66ms   14.38ms 152.18ms   84.93%
    Req/Sec     0.97k   243.59     1.40k    70.00%
  Latency Distribution
     50%  950.00us
     75%   37.42ms
     90%   48.05ms
     99%    1.05s {}
  3878 requests in 4.01s, 1.62MB read
Requests/sec:    967.51
Transfer/sec:    412.88KB
""".replace(" {}", " ")  # wrk fills the column


def test_a_report_is_requests_rate_and_latencies_in_seconds() -> None:
    assert parse(REPORT) == Report(requests=3878, rate=967.51, p50=0.00095, p99=1.05, bad=0)


@pytest.mark.parametrize(
    ("said", "bad"),
    [
        ("  Non-2xx or 3xx responses: 17\n", 17),
        ("  Socket errors: connect 1, read 20, write 300, timeout 4000\n", 4321),
        ("  Socket errors: connect 0, read 2, write 0, timeout 0\n  Non-2xx or 3xx responses: 3\n", 5),
    ],
)
def test_what_failed_is_counted(said: str, bad: int) -> None:
    assert parse(REPORT.replace("Requests/sec:", f"{said}Requests/sec:")).bad == bad


def test_what_is_no_report_is_refused() -> None:
    with pytest.raises(ValueError, match="no report"):
        parse("unable to connect to 127.0.0.1:9102 Connection refused")
