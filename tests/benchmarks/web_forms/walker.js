// Walks forms on ODK Web Forms' engine and times each answer. Reads after each what tests.benchmarks.walks reads of ours.

import { createInstance, loadForm } from "./engine.js";

const forms = [];

const parents = new Set(["group", "repeat-range:controlled", "repeat-range:uncontrolled", "repeat-instance"]);

const texts = new Set(["string", "barcode", "intent", "binary"]);

const noFile = async () => new Response("", { status: 404 });

const options = { fetchFormAttachment: noFile, missingResourceBehavior: "BLANK" };

async function begin(xform) {
  return (await createInstance(xform, { form: options })).root;
}

function collect(parent, found) {
  for (const node of parent.currentState.children) {
    const state = node.currentState;
    if (!state.relevant) continue;
    if (parents.has(node.nodeType)) collect(node, found);
    else if (node.nodeType !== "model-value") {
      found.push([state.reference, state.instanceValue, state.required, node]);
    }
  }
  return found;
}

function find(parent, reference) {
  for (const node of parent.currentState.children ?? []) {
    if (node.currentState.reference === reference) return node;
    const below = find(node, reference);
    if (below) return below;
  }
  return null;
}

function setter(node, value) {
  switch (node.nodeType) {
    case "select": {
      const several = node.selectType === "select" ? value.split(" ") : [value];
      const values = several.filter(Boolean);
      return () => node.selectValues(values);
    }
    case "rank": {
      const values = value.split(" ").filter(Boolean);
      return () => node.setValues(values);
    }
    case "trigger": {
      const pressed = value === "OK";
      return () => node.setValue(pressed);
    }
    default: {
      const given = value === "" && !texts.has(node.valueType) ? null : value;
      return () => node.setValue(given);
    }
  }
}

function follow(root, answered) {
  const asked = collect(root, []);
  const reference = answered.currentState.reference;
  const next = asked[asked.findIndex((one) => one[0] === reference) + 1];
  const shown = next && [
    next[3].currentState.label?.asString ?? "",
    (next[3].currentState.valueOptions ?? []).map((one) => [one.value, one.label.asString]),
  ];
  return [asked, answered.validationState.constraint.valid, shown];
}

// Each answer's milliseconds until it was stored and until all was read, and, where wanted, what was read after it.
async function walk(number, wanted) {
  const { xform, answers } = forms[number];
  const root = await begin(xform);
  const times = [];
  const readings = [];
  for (const [reference, value] of answers) {
    const node = find(root, reference);
    if (node === null) {
      times.push(null);
      readings.push(null);
      continue;
    }
    const set = setter(node, value);
    const began = performance.now();
    set();
    const stored = performance.now();
    const read = follow(root, node);
    times.push([stored - began, performance.now() - began]);
    if (wanted) readings.push([read[0].map((one) => one.slice(0, 3)), read[1], read[2] ?? null]);
  }
  return { times, readings };
}

async function load(number) {
  const { xform } = forms[number];
  const began = performance.now();
  await begin(xform);
  return performance.now() - began;
}

// Every node with its state, in the rows of the conformance data.
function rows(parent, found) {
  for (const node of parent.currentState.children) {
    const state = node.currentState;
    const { constraint, required } = node.validationState;
    const options = ["select", "rank"].includes(node.nodeType) ? state.valueOptions : null;
    found.push([
      state.reference, node.nodeType, state.relevant, state.readonly, state.required, state.instanceValue ?? null,
      constraint?.valid ?? null, required?.valid ?? null, state.label?.asString ?? null,
      options && options.map((one) => [one.value, one.label.asString]),
    ]);
    if (state.children !== null) rows(node, found);
  }
  return found;
}

// Its state at first and after each step, up to the first step that the engine refuses.
async function play(xform, steps, moment) {
  Date.now = () => moment;
  const root = await begin(xform);
  const states = [rows(root, [])];
  for (const [what, reference, value] of steps) {
    try {
      if (what === "answer") setter(find(root, reference), value)();
      else if (what === "add") find(root, reference).addInstances();
      else find(root, reference).removeInstances(value - 1, 1);
    } catch (error) {
      return { states, refusal: `${error.message}` };
    }
    states.push(rows(root, []));
  }
  return { states, refusal: "" };
}

// The smallest step that the clock makes, in milliseconds.
function tick() {
  let least = Infinity;
  for (let round = 0; round < 2000; round += 1) {
    const began = performance.now();
    let now = began;
    while (now === began) now = performance.now();
    least = Math.min(least, now - began);
  }
  return least;
}

window.walks = { begin: (given) => forms.push(...given), walk, load, play, tick };
