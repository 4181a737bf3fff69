// SPDX-License-Identifier: Apache-2.0
// devtools.mjs CHROMIUM PROFILE TEXT: loads a heap profile into Chrome's own DevTools, as its Load button
// does, and waits until TEXT is in the tree. Exit 77: not to be had with this browser, and why.
// Needs a Node with WebSocket (22). For export.bats.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const [chromium, profile, text] = process.argv.slice(2);
if (typeof WebSocket === "undefined") skip("this Node has no WebSocket");
const folder = fs.mkdtempSync(path.join(process.env.TMPDIR || os.tmpdir(), "devtools-"));
const browser = spawn(chromium, ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
  "--remote-allow-origins=*", `--user-data-dir=${folder}`, "about:blank"], { stdio: "ignore", detached: true });
browser.on("error", () => end(77, "the browser does not start"));
process.on("exit", () => {
  try { process.kill(-browser.pid, "SIGKILL"); } catch { /* gone already */ }
});

function end(status, why) {
  console.log(why);
  process.exit(status);
}

function skip(why) {
  console.log(why);
  process.exit(77);
}

async function until(what, why, status = 77) {
  for (let i = 0; i < 150; i++, await sleep(200)) {
    const got = await Promise.resolve().then(what).catch(() => null);
    if (got) return got;
  }
  return end(status, why);
}

const port = await until(
  () => fs.readFileSync(path.join(folder, "DevToolsActivePort"), "utf8").split("\n")[0], "no debugging port");
const at = `127.0.0.1:${port}`;
const ask = async (what, method = "GET") => (await fetch(`http://${at}/json${what}`, { method })).json();
const page = await until(async () => (await ask("")).find((t) => t.type === "page"), "no page");
// DevTools is a page itself; it inspects the other one.
const tools = await ask(
  `/new?http://${at}/devtools/devtools_app.html?ws=${at}/devtools/page/${page.id}`, "PUT").catch(() => skip("no DevTools"));

const socket = new WebSocket(tools.webSocketDebuggerUrl);
const answers = new Map();
let calls = 0;
socket.onmessage = ({ data }) => {
  const answer = JSON.parse(data);
  answers.get(answer.id)?.(answer.result);
};
await new Promise((open) => (socket.onopen = open));

async function evaluate(expression) {
  const id = ++calls;
  const answer = new Promise((done) => answers.set(id, done));
  socket.send(JSON.stringify({ id, method: "Runtime.evaluate",
    params: { expression, awaitPromise: true, returnByValue: true } }));
  const { result, exceptionDetails } = await answer;
  return exceptionDetails ? null : result.value;
}

await until(() => evaluate(`(async () => {
  const UI = await import("./ui/legacy/legacy.js");
  await UI.ViewManager.ViewManager.instance().showView("heap-profiler");
  window.profiler = await import("./panels/profiler/profiler.js");
  window.panel = window.profiler.HeapProfilerPanel.HeapProfilerPanel.instance();
  return typeof window.panel.loadFromFile === "function";
})()`), "this DevTools is not built as known");
await evaluate(`window.panel.loadFromFile(new File([${JSON.stringify(fs.readFileSync(profile, "utf8"))}],
  "weir.heapprofile"))`);
const seen = () => evaluate(`(() => {
  const type = window.profiler.ProfilesPanel.ProfilesPanel.registry.samplingHeapProfileType;
  const loaded = type.getProfiles().at(-1);
  if (!loaded) return "";
  if (window.shown !== loaded) window.panel.showProfile(window.shown = loaded);
  const all = (node) => node.nodeType === 3 ? node.data + "\\n"
    : node.tagName === "STYLE" ? "" : [...(node.shadowRoot ? [node.shadowRoot] : []), ...node.childNodes].map(all).join("");
  return all(window.panel.element);
})()`);
await until(async () => (await seen()).includes(text), `DevTools does not show "${text}"`, 1);
console.log((await seen()).replace(/[\u00a0\u202f]/g, " "));
process.exit(0);
