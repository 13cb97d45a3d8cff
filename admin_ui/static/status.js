const POLL_MS = 2000;
const byId = (id) => document.getElementById(id);

function duration(seconds) {
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = parts.findIndex(([size]) => seconds >= size);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).map(([size, unit], i) => {
    const count = Math.floor((i ? seconds % parts[first][0] : seconds) / size);
    return `${count} ${unit}`;
  }).join(" ");
}

function fill(list, words) {
  list.replaceChildren(...words.map((word) => Object.assign(document.createElement("li"), { textContent: word })));
}

function show(status) {
  byId("version").textContent = status.version;
  byId("uptime").textContent = duration(status.uptime_seconds);
  byId("flows").textContent = status.flows;
  fill(byId("pipeline"), ["caller", ...status.stages, "vendor"]);
  fill(byId("vendors"), status.vendors);
  setState(status.ready ? "ready" : "not ready", status.ready ? "good" : "bad");
}

function setState(text, kind) {
  const state = byId("state");
  if (state.textContent !== text) state.textContent = text;
  state.dataset.kind = kind;
}

async function poll() {
  try {
    const answer = await fetch("/api/status", { signal: AbortSignal.timeout(POLL_MS) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(await answer.json());
  } catch {
    setState("cannot be reached", "bad");
  }
}

const base = `${location.origin}/v1`;
byId("base-url").textContent = base;
byId("curl").textContent = [
  `curl ${base}/chat/completions \\`,
  `  -H "Authorization: Bearer $AIHUB_KEY" \\`,
  `  -H "Content-Type: application/json" \\`,
  `  -d '{"model": "echo", "messages": [{"role": "user", "content": "Hello, AiHub"}]}'`,
].join("\n");
byId("copy").addEventListener("click", async (event) => {
  await navigator.clipboard.writeText(byId("curl").textContent);
  event.target.textContent = "Copied";
  setTimeout(() => { event.target.textContent = "Copy"; }, 1500);
});

await poll();
setInterval(poll, POLL_MS);
