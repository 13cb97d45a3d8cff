"""`aihub check` tells what a file would change in the gateway that has read it last."""

from pathlib import Path

from tests.support.gateway import clean_environ, run_aihub, running_gateway


async def test_check_says_what_a_reload_and_what_a_restart_would_change(tmp_path: Path) -> None:
    config = {"server": {"max_flows": 100}, "routing": {"attempts": 3}, "pipeline": ["auth"]}
    async with running_gateway(tmp_path, config, None) as gateway:
        _, same, _ = await gateway.aihub("check")
    assert same.splitlines()[1:] == ["nothing changes: this is in force"]

    edited = "server: {max_flows: 200}\nrouting: {attempts: 5}\npipeline: [auth, model_limits]\n"
    (tmp_path / "aihub.yaml").write_text(edited)
    code, changed, _ = await run_aihub(tmp_path, clean_environ(AIHUB_PORT=str(gateway.port)), "check")
    assert code == 0
    assert changed.splitlines()[1:] == [
        "a reload changes:",
        "  routing.attempts: 3 -> 5",
        "  pipeline: auth -> auth, model_limits",
        "needs a restart:",
        "  server.max_flows: 100 -> 200",
    ]


async def test_check_makes_nothing(tmp_path: Path) -> None:
    code, out, _ = await run_aihub(tmp_path, clean_environ(), "check")
    assert (code, len(out.splitlines()), list(tmp_path.iterdir())) == (0, 1, [])
