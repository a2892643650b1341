// Copyright (c) 2026 The vmtime.linux authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// What a host says is set as text only, never as HTML.
(function () {
  "use strict";

  const PRINTED = 1000;
  const NONE = "–";
  const data = JSON.parse(document.getElementById("data").textContent);
  const hosts = data.rows.map((row) => Object.fromEntries(row.map((value, i) => [data.columns[i], value])));
  const concerns = Object.keys(data.concerns);
  const byId = (id) => document.getElementById(id);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const count = (number) => number.toLocaleString("en");

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  // --- words -----------------------------------------------------------------------------------

  const UNITS = [[1, "s", 1], [1e-3, "ms", 1e3], [1e-6, "µs", 1e6], [0, "ns", 1e9]];

  function seconds(value, sign = true) {
    if (value === null) return NONE;
    const [, unit, factor] = UNITS.find(([bound]) => Math.abs(value) >= bound);
    const digits = (value * factor).toPrecision(3);
    const number = Number(digits).toLocaleString("en", { maximumFractionDigits: 2 });
    return `${sign && value > 0 ? "+" : ""}${number}\u00a0${unit}`.replace("-", "\u2212");
  }

  function plan(host) {
    if (host.has_plan === null) return NONE;
    if (!host.has_plan) return "none";
    if (host.as_planned) return "as planned";
    return `differs (${host.differences.length})`;
  }

  function clock(host) {
    if (host.host_clock === null) return NONE;
    const use = host.host_clock_used ? "used" : host.host_clock_ignored ? "ignored" : "unused";
    return `${host.host_clock}, ${use}`;
  }

  const worst = (host) => (host.concerns.length ? concerns.indexOf(host.concerns[0]) : concerns.length);
  const size = (host) => (host.offset === null ? null : Math.abs(host.offset));
  const bucket = (host) => {
    if (host.offset === null) return "none";
    const place = data.bounds.findIndex((bound) => size(host) < bound);
    return data.offsets[place < 0 ? data.offsets.length - 1 : place][0];
  };

  // --- table -----------------------------------------------------------------------------------

  // how a column is shown, and what it is sorted by; null goes last either way
  const COLUMNS = [
    { name: "Host", key: (host) => host.host },
    { name: "State", key: worst, show: state },
    { name: "Offset", key: size, show: (host) => seconds(host.offset), number: true, largestFirst: true },
    { name: "Source", key: (host) => host.selected, show: (host) => host.selected ?? NONE },
    { name: "Stratum", key: (host) => host.stratum, show: (host) => host.stratum ?? NONE, number: true },
    { name: "Mode", key: (host) => host.mode, show: (host) => host.mode ?? NONE },
    { name: "Plan", key: (host) => host.as_planned === null ? null : -host.differences.length, show: plan },
    { name: "Host clock", key: (host) => host.host_clock && clock(host), show: clock },
    { name: "System", key: (host) => host.distribution, show: (host) => host.distribution ?? NONE },
  ];
  const MORE = [
    ["Message", (host) => host.message],
    ["Would change", (host) => host.differences.join("; ")],
    ["Kind of source", (host) => host.selected_kind],
    ["Daemon", (host) => [host.provider, host.version].filter(Boolean).join(" ")],
    ["Error bound", (host) => host.error === null ? "" : `± ${seconds(host.error, false)}`],
    ["Sources", (host) => host.sources === null ? "" : `${host.reachable_sources} of ${host.sources} reachable`],
    ["Hypervisor", (host) => host.hypervisor],
  ];
  const FILTERS = {
    concern: (host, value) => value === "in_order" ? !host.concerns.length : host.concerns.includes(value),
    mode: (host, value) => (host.mode ?? "unknown") === value,
    source: (host, value) => host.answer === "ok" && (host.selected ?? "none") === value,
    offset: (host, value) => bucket(host) === value,
  };
  const chosen = {};
  const view = { found: hosts, page: 0, column: null, descending: false };
  const text = new Map(hosts.map((host) => [host, [host.host, host.selected, host.mode, host.message, host.distribution,
    host.provider, host.hypervisor, host.host_clock, ...host.differences].join("\n").toLowerCase()]));
  const order = new Intl.Collator("en", { numeric: true }).compare;

  function name(host) {
    const button = element("button", { type: "button", textContent: host.host });
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => toggle(host, button));
    return button;
  }

  function state(host) {
    const chips = element("span", { className: "chips" });
    for (const concern of host.concerns.length ? host.concerns : ["in_order"]) {
      const label = data.concerns[concern] ?? "In order";
      chips.append(element("span", { className: `chip ${concern}`, textContent: label }));
    }
    return chips;
  }

  function toggle(host, button) {
    const row = button.closest("tr");
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) return row.nextElementSibling.remove();
    const list = element("dl");
    for (const [label, show] of MORE) {
      const told = show(host);
      if (told) list.append(element("dt", { textContent: label }), element("dd", { textContent: told }));
    }
    row.after(element("tr", { className: "more" }, element("td", { colSpan: COLUMNS.length }, list)));
  }

  function line(host) {
    const head = element("th", { scope: "row" }, name(host));
    if (host.answer !== "ok") {
      const message = element("td", { colSpan: COLUMNS.length - 2, className: "message", textContent: host.message });
      return element("tr", {}, head, element("td", {}, state(host)), message);
    }
    return element("tr", {}, head, ...COLUMNS.slice(1).map((column) => (
      element("td", { className: column.number ? "number" : "" }, column.show(host)))));
  }

  function draw(limit) {
    const rows = limit ?? Number(byId("rows").value);
    const pages = Math.max(1, Math.ceil(view.found.length / rows));
    view.page = Math.min(view.page, pages - 1);
    const first = limit ? 0 : view.page * rows;
    const shown = view.found.slice(first, first + rows);
    byId("table").tBodies[0].replaceChildren(...shown.map(line));
    const range = shown.length ? `${count(first + 1)} to ${count(first + shown.length)} of ` : "";
    const of = view.found.length === hosts.length ? "" : ` (of ${count(hosts.length)})`;
    byId("shown").textContent = `${range}${count(view.found.length)} hosts${of}`
      + (view.column || shown.length < 2 ? "" : ", the worst first");
    byId("page").textContent = `Page ${count(view.page + 1)} of ${count(pages)}`;
    byId("pages").hidden = hosts.length <= 50;
    for (const button of all("[data-page]")) {
      button.disabled = /first|previous/.test(button.dataset.page) ? view.page === 0 : view.page === pages - 1;
    }
  }

  function find() {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = Object.entries(chosen).filter(([, value]) => value !== "");
    view.found = hosts.filter((host) => words.every((word) => text.get(host).includes(word))
      && wanted.every(([key, value]) => FILTERS[key](host, value)));
    if (view.column) {
      const keyed = view.found.map((host) => [view.column.key(host), host]);
      const turn = view.descending ? -1 : 1;
      keyed.sort(([a], [b]) => {
        if (a === null || b === null) return (a === null) - (b === null);
        return turn * (typeof a === "string" ? order(a, b) : a - b);
      });
      view.found = keyed.map(([, host]) => host);
    }
    view.page = 0;
    draw();
  }

  function sort(column, head) {
    view.descending = view.column === column ? !view.descending : Boolean(column.largestFirst);
    view.column = column;
    for (const other of all("#table thead th")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", view.descending ? "descending" : "ascending");
    find();
  }

  function choose(key, value) {
    chosen[key] = value;
    for (const select of all(`select[data-filter="${key}"]`)) select.value = value;
    for (const button of all(`button[data-filter="${key}"]`)) {
      button.setAttribute("aria-pressed", String(button.dataset.value === value));
    }
    find();
  }

  function options(key) {
    switch (key) {
      case "concern":
        return [["in_order", "In order"], ...Object.entries(data.concerns)];
      case "offset":
        return [...data.offsets.map(([label]) => label), "none"].map((label) => [label, label]);
      default: {
        const told = key === "mode" ? (host) => host.mode ?? "unknown"
          : (host) => host.answer === "ok" ? host.selected ?? "none" : null;
        return [...new Set(hosts.map(told))].filter((value) => value !== null).sort(order)
          .map((value) => [value, value]);
      }
    }
  }

  function prepare() {
    for (const column of COLUMNS) {
      const head = element("th", { scope: "col", className: column.number ? "number" : "" });
      const button = element("button", { type: "button", textContent: column.name });
      button.addEventListener("click", () => sort(column, head));
      head.append(button);
      byId("table").tHead.rows[0].append(head);
    }
    for (const select of all("select[data-filter]")) {
      const entries = [["", "all"], ...options(select.dataset.filter)];
      select.append(...entries.map(([value, label]) => element("option", { value, textContent: label })));
      select.addEventListener("change", () => choose(select.dataset.filter, select.value));
    }
    for (const button of all("button[data-filter]")) {
      const { filter, value } = button.dataset;
      // "all others" stands for more than one
      button.disabled = !options(filter).some(([known]) => known === value);
      button.addEventListener("click", () => choose(filter, chosen[filter] === value ? "" : value));
    }
    for (const button of all("[data-page]")) {
      button.addEventListener("click", () => {
        view.page = { first: 0, previous: view.page - 1, next: view.page + 1, last: Infinity }[button.dataset.page];
        draw();
        byId("hosts").scrollIntoView();
      });
    }
    byId("search").addEventListener("input", find);
    byId("rows").addEventListener("change", () => draw());
    byId("tools").addEventListener("submit", (event) => event.preventDefault());
    byId("clear").addEventListener("click", () => {
      byId("search").value = "";
      for (const key of Object.keys(FILTERS)) choose(key, "");
    });
    // paper has no pages of a table to turn
    window.addEventListener("beforeprint", () => draw(PRINTED));
    window.addEventListener("afterprint", () => draw());
    byId("tools").hidden = false;
  }

  // --- charts ----------------------------------------------------------------------------------

  function svgText(group, x, y, words, className) {
    group.elem("text", { x, y }, className).text(words);
  }

  function drawOffsets() {
    const labels = data.offsets.map(([label]) => label);
    const chart = new Chartist.BarChart("#offsets", { labels, series: [data.offsets.map(([, hosts]) => hosts)] }, {
      axisX: { showGrid: false },
      axisY: { onlyInteger: true, labelInterpolationFnc: count },
      chartPadding: { top: 22, right: 0, bottom: 0, left: 10 },
    });
    chart.on("draw", (drawn) => {
      if (drawn.type !== "bar") return;
      const [label, number] = data.offsets[drawn.index];
      if (drawn.index >= data.offsets.length - 2) drawn.element.addClass("far");
      drawn.element.getNode().addEventListener("click", () => choose("offset", label));
      if (number) svgText(drawn.group, drawn.x2, drawn.y2 - 6, count(number), "value");
    });
  }

  function drawSynchronised() {
    const series = Object.entries(data.synchronised).map(([className, value]) => ({ value, className }));
    const chart = new Chartist.PieChart("#synchronised", { series }, {
      donut: true, donutWidth: 26, showLabel: false, ignoreEmptyValues: true,
    });
    chart.on("created", (made) => {
      const box = made.svg.getNode().getBoundingClientRect();
      const share = hosts.length ? `${Math.floor((1000 * data.synchronised.yes) / hosts.length) / 10}%` : NONE;
      svgText(made.svg, box.width / 2, box.height / 2, share, "percent");
    });
  }

  prepare();
  find();
  drawOffsets();
  drawSynchronised();
})();
