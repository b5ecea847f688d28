// handlebars.js, compiled once: node render.mjs TEMPLATE.html DATA.json SECONDS prints renderings a second, bytes of one.
import { readFileSync } from "node:fs";
import Handlebars from "handlebars";

const [template, data, seconds] = process.argv.slice(2);
const render = Handlebars.compile(readFileSync(template, "utf8"));
const context = JSON.parse(readFileSync(data, "utf8"));

function measure(ms) {
  const began = performance.now();
  let count = 0, length = 0, now = began;
  while (now - began < ms) {
    for (let i = 0; i < 100; i++) length += render(context).length;
    count += 100;
    now = performance.now();
  }
  return { rate: (count * 1000) / (now - began), bytes: Math.round(length / count) };
}

measure(500); // lets the compiler of V8 do its work first
const { rate, bytes } = measure(Number(seconds) * 1000);
console.log(`${Math.round(rate)} ${bytes}`);
