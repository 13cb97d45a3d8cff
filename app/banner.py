"""What `aihub serve` prints once it answers."""


def text(host: str, reachable: str, port: int, seeded: dict[str, str] | None) -> str:
    """The password and the key appear in the one run that made them."""
    name = f"[{reachable}]" if ":" in reachable else reachable
    base = f"http://{name}:{port}"
    lines = ["", f"  AiHub listens on {host}:{port}", "", f"  Console   {base}/console/"]
    if seeded is not None:
        lines += [
            f"  Login     {seeded['username']}  password {seeded['password']}",
            f"  API key   {seeded['key']}",
            "            Both are shown this once and kept nowhere.",
        ]
    key = seeded["key"] if seeded is not None else "$AIHUB_KEY"
    lines += [
        "",
        "  Try it:",
        "",
        f"    curl {base}/v1/chat/completions -H 'Authorization: Bearer {key}' \\"
        if seeded is not None
        else f'    curl {base}/v1/chat/completions -H "Authorization: Bearer {key}" \\',
        "      -H 'Content-Type: application/json' \\",
        """      -d '{"model": "echo", "messages": [{"role": "user", "content": "Hello, AiHub"}]}'""",
        "",
        "",
    ]
    return "\n".join(lines)
