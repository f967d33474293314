// What TFMA's web components use of Google Charts, drawn without a network: data tables and views,
// tables, line, combo, bubble and column charts, and their events. The interface is that of
// https://developers.google.com/chart/interactive/docs/reference; what TFMA does not use is left out.
"use strict";

(() => {
  const COLOURS = ["#3366cc", "#dc3912", "#ff9900", "#109618", "#990099", "#0099c6"];
  const NAME = 120; // pixels that the name of a point may take
  const NARROW = 16; // a column that is narrower has no name below it
  const SVG = "http://www.w3.org/2000/svg";

  // Events: listeners by source and name.

  const listeners = new WeakMap();
  const events = {
    addListener(source, name, call) {
      if (!source) return;
      if (!listeners.has(source)) listeners.set(source, []);
      listeners.get(source).push({ name, call });
    },
    addOneTimeListener(source, name, call) {
      const once = (detail) => {
        const of = listeners.get(source);
        of.splice(of.findIndex((one) => one.call === once), 1);
        call(detail);
      };
      events.addListener(source, name, once);
    },
    trigger(source, name, detail) {
      for (const one of [...(listeners.get(source) || [])]) if (one.name === name) one.call(detail);
    },
  };

  // Data: a cell is a value, or {v: value, f: what is shown of it}.

  const valueOf = (cell) => (cell !== null && typeof cell === "object" && "v" in cell ? cell.v : cell);
  const shownOf = (cell) =>
    cell !== null && typeof cell === "object" && "f" in cell ? String(cell.f) : shown(valueOf(cell));
  const shown = (value) =>
    value === null || value === undefined ? ""
      : typeof value === "number" && !Number.isInteger(value) ? String(+value.toPrecision(5))
        : String(value);

  class DataTable {
    constructor({ cols = [], rows = [] } = {}) {
      this.columns = cols.map((column) => (typeof column === "object" ? column : { label: String(column) }));
      this.rows = rows.map((row) => row.c || row);
    }
    getNumberOfRows() { return this.rows.length; }
    getNumberOfColumns() { return this.columns.length; }
    getColumnLabel(index) { return this.columns[index].label || ""; }
    getColumnRole(index) { return this.columns[index].role || ""; }
    getValue(row, column) { return valueOf(this.rows[row][column]); }
    getFormattedValue(row, column) { return shownOf(this.rows[row][column]); }
    addRows(rows) { this.rows.push(...rows); }
    sort(by) {
      const column = Array.isArray(by) ? by[0].column : by.column;
      this.rows.sort((one, other) => compared(valueOf(one[column]), valueOf(other[column])));
    }
  }

  class DataView {
    constructor(table) {
      this.table = table;
      this.chosen = table.columns.map((_, index) => index);
    }
    setColumns(chosen) { this.chosen = chosen; }
    source(index) {
      const column = this.chosen[index];
      return typeof column === "number" ? column : column.sourceColumn;
    }
    getNumberOfRows() { return this.table.getNumberOfRows(); }
    getNumberOfColumns() { return this.chosen.length; }
    getColumnLabel(index) { return this.table.getColumnLabel(this.source(index)); }
    getColumnRole(index) {
      return typeof this.chosen[index] === "number"
        ? this.table.getColumnRole(this.chosen[index]) : this.chosen[index].role || "";
    }
    getValue(row, index) {
      const value = this.table.getValue(row, this.source(index));
      return this.chosen[index].calc === "stringify" ? shown(value) : value;
    }
    getFormattedValue(row, index) { return this.table.getFormattedValue(row, this.source(index)); }
  }

  const arrayToDataTable = ([head = [], ...rows]) => new DataTable({ cols: head, rows });

  const compared = (one, other) =>
    typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other));

  // Drawing.

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const text = (x, y, words, attributes = {}) =>
    element("text", { x, y, "font-size": 11, fill: "#444", "text-anchor": "middle", ...attributes }, words);

  // Steps of 1, 2 or 5 times a power of 10 that make about five ticks.
  const ticksOf = (low, high) => {
    const rough = (high - low) / 5 || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((of) => of * power).find((of) => of >= rough);
    const ticks = [];
    for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) {
      ticks.push({ v: at * step, f: shown(+(at * step).toPrecision(8)) });
    }
    return ticks;
  };

  const extent = (values, options = {}) => {
    const finite = values.filter((value) => Number.isFinite(value));
    let low = Math.min(...finite), high = Math.max(...finite);
    if (!finite.length) [low, high] = [0, 1];
    if (low === high) [low, high] = [low - (Math.abs(low) || 1) * 0.05, high + (Math.abs(high) || 1) * 0.05];
    const window = options.viewWindow || {};
    return [window.min ?? Math.min(low, options.minValue ?? low), window.max ?? Math.max(high, options.maxValue ?? high)];
  };

  // The columns of values, each with the columns of roles that follow it.
  const seriesOf = (data, options, type) => {
    const series = [];
    for (let index = 1; index < data.getNumberOfColumns(); index++) {
      const role = data.getColumnRole(index);
      if (!role) {
        const place = series.length;
        const own = (options.series || {})[place] || {};
        series.push({
          index, label: data.getColumnLabel(index), colour: COLOURS[place % COLOURS.length],
          axis: own.targetAxisIndex || 0, type: own.type || type, dash: own.lineDashStyle,
          named: own.visibleInLegend !== false,
        });
      } else if (series.length) {
        series[series.length - 1][role] = index;
      }
    }
    return series;
  };

  class Chart {
    constructor(container) {
      this.container = container;
      this.selection = [];
    }
    getSelection() { return this.selection; }
    setSelection(selection) {
      this.selection = selection || [];
      const rows = new Set(this.selection.map((one) => one.row));
      for (const [row, mark] of this.marks || []) mark.classList.toggle("selected", rows.has(row));
    }
    draw(data, options = {}) {
      this.marks = [];
      const host = this.container.getRootNode().host || this.container;
      const box = host.getBoundingClientRect();
      this.width = options.width || box.width || 400;
      this.height = options.height || (box.height > 40 ? box.height : 300);
      this.svg = element("svg", {
        width: this.width, height: this.height, role: "img", "aria-label": options.title || "chart",
        "font-family": "system-ui, sans-serif",
      });
      this.svg.append(element("style", {}, ".selected { stroke: #222; stroke-width: 3px; }"));
      this.container.replaceChildren(this.svg);
      if (data.getNumberOfColumns() > 1 && data.getNumberOfRows()) this.paint(data, options);
      events.trigger(this, "ready");
    }

    // Room for the axes, and the scales of x and of one or two y.
    frame(xs, sides, options) {
      const below = 36 + (options.hAxis?.title ? 6 : 0), above = 14 + (options.title ? 18 : 0);
      const legend = options.legend?.position === "none" ? 0 : 18;
      const right = sides[1] ? 52 : 14;
      const area = { x: 56, y: above + legend, right: this.width - right, bottom: this.height - below };
      const x = xs && this.scale(extent(xs, options.hAxis), area.x, area.right);
      const y = sides.map((values, side) => values &&
        this.scale(extent(values, options.vAxes?.[side] || options.vAxis), area.bottom, area.y));
      return { area, x, y, top: above };
    }
    scale([low, high], from, to) {
      const at = (value) => from + ((value - low) / (high - low)) * (to - from);
      return Object.assign(at, { low, high });
    }
    axes({ area, x, y }, options, ticks) {
      const grid = element("g", { stroke: "#ddd" }), labels = element("g");
      for (const tick of ticksOf(y[0].low, y[0].high)) {
        grid.append(element("line", { x1: area.x, x2: area.right, y1: y[0](tick.v), y2: y[0](tick.v) }));
        labels.append(text(area.x - 6, y[0](tick.v) + 4, tick.f, { "text-anchor": "end" }));
      }
      if (y[1]) {
        for (const tick of ticksOf(y[1].low, y[1].high)) {
          labels.append(text(area.right + 6, y[1](tick.v) + 4, tick.f, { "text-anchor": "start" }));
        }
      }
      for (const tick of ticks || (x ? ticksOf(x.low, x.high) : [])) {
        const last = this.width - x(tick.v) < tick.f.length * 3;
        labels.append(text(last ? this.width : x(tick.v), area.bottom + 15, tick.f, last ? { "text-anchor": "end" } : {}));
      }
      grid.append(element("line", { x1: area.x, x2: area.right, y1: area.bottom, y2: area.bottom, stroke: "#888" }));
      const titles = element("g");
      const middle = (area.x + area.right) / 2, height = (area.y + area.bottom) / 2;
      if (options.title) titles.append(text(middle, 14, options.title, { "font-weight": "bold" }));
      if (options.hAxis?.title) titles.append(text(middle, this.height - 6, options.hAxis.title));
      for (const [side, at] of [[0, 14], [1, this.width - 6]]) {
        const title = y[side] && (options.vAxes?.[side]?.title || (side ? "" : options.vAxis?.title));
        if (title) titles.append(text(at, height, title, { transform: `rotate(-90 ${at} ${height})` }));
      }
      return { grid, labels, titles };
    }
    legend(series, { area, top }, options) {
      const group = element("g");
      if (options.legend?.position === "none") return group;
      let at = area.x;
      for (const one of series.filter((of) => of.named && of.label)) {
        group.append(
          element("rect", { x: at, y: top + 1, width: 10, height: 10, fill: one.colour }),
          text(at + 15, top + 10, one.label, { "text-anchor": "start" }),
        );
        at += 32 + one.label.length * 6.4;
      }
      return group;
    }
    // A mark that says what it is when it is pointed at, and can be selected.
    mark(row, column, shape, words, parent) {
      shape.append(element("title", {}, words));
      shape.addEventListener("mouseenter", () => events.trigger(this, "onmouseover", { row, column }));
      shape.addEventListener("mouseleave", () => events.trigger(this, "onmouseout", { row, column }));
      shape.addEventListener("click", () => {
        this.setSelection([{ row, column }]);
        events.trigger(this, "select");
      });
      this.marks.push([row, shape]);
      parent.append(shape);
    }
  }

  class XYChart extends Chart {
    constructor(container, type) {
      super(container);
      this.type = type;
    }
    paint(data, options) {
      const rows = [...Array(data.getNumberOfRows()).keys()];
      const series = seriesOf(data, options, this.type);
      const column = (index) => rows.map((row) => Number(data.getValue(row, index)));
      const xs = column(0);
      const sides = [0, 1].map((side) => {
        const of = series.filter((one) => one.axis === side);
        return of.length ? of.flatMap((one) => column(one.index)) : null;
      });
      const frame = this.frame(xs, sides, options);
      const ticks = options.hAxis?.ticks || ticksOf(frame.x.low, frame.x.high);
      const { grid, labels, titles } = this.axes(frame, options, ticks);
      const lines = element("g"), points = element("g");
      for (const one of series) {
        const ys = column(one.index), y = frame.y[one.axis];
        const there = rows.filter((row) => Number.isFinite(xs[row]) && Number.isFinite(ys[row]));
        there.sort((first, other) => xs[first] - xs[other]);
        if (one.type !== "scatter") {
          lines.append(element("polyline", {
            points: there.map((row) => `${frame.x(xs[row])},${y(ys[row])}`).join(" "),
            fill: "none", stroke: one.colour, "stroke-width": 2, "stroke-dasharray": (one.dash || []).join(" "),
          }));
        }
        for (const row of one.dash ? [] : there) {
          const words = one.tooltip !== undefined ? shown(data.getValue(row, one.tooltip))
            : `${data.getFormattedValue(row, 0)}\n${one.label}: ${data.getFormattedValue(row, one.index)}`;
          const dot = element("circle", { cx: frame.x(xs[row]), cy: y(ys[row]), r: 4, fill: one.colour });
          this.mark(row, one.index, dot, words, points);
        }
      }
      const named = [...Array(data.getNumberOfColumns()).keys()].find((at) => data.getColumnRole(at) === "annotation");
      if (named !== undefined && !ticks.length) labels.append(...this.names(data, named, xs, frame));
      this.svg.append(grid, lines, points, labels, titles, this.legend(series, frame, options));
    }
    // What each point is called, below the axis, where there is room for it; a comma breaks lines.
    names(data, column, xs, { area, x }) {
      if (xs.length * NAME > area.right - area.x + NAME) return [];
      return xs.flatMap((at, row) => {
        const anchor = x(at) - area.x < NAME / 2 ? "start" : area.right - x(at) < NAME / 2 ? "end" : "middle";
        const from = anchor === "start" ? area.x - 40 : x(at);
        return String(data.getValue(row, column)).split(", ").slice(0, 2).map((line, place) =>
          text(from, area.bottom + 13 + 12 * place, line, { "text-anchor": anchor, "font-size": 10 }));
      });
    }
  }

  // Columns: name, x, y, colour, size.
  class BubbleChart extends Chart {
    paint(data, options) {
      const rows = [...Array(data.getNumberOfRows()).keys()];
      const column = (index) => rows.map((row) => Number(data.getValue(row, index)));
      const [xs, ys, colours, sizes] = [1, 2, 3, 4].map(column);
      const named = { ...options, legend: { position: "none" } };
      const frame = this.frame(xs, [ys], named);
      const { grid, labels, titles } = this.axes(frame, options);
      const bubbles = element("g");
      const share = (value, { minValue = 0, maxValue = 1 } = {}) =>
        Math.min(1, Math.max(0, (value - minValue) / (maxValue - minValue)));
      const [pale, full] = (options.colorAxis?.colors || ["#F0F0F0", "#0A47A4"]).map((colour) =>
        [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
      grid.append(element("line", {
        x1: frame.x(Math.max(frame.x.low, frame.y[0].low)), y1: frame.y[0](Math.max(frame.x.low, frame.y[0].low)),
        x2: frame.x(Math.min(frame.x.high, frame.y[0].high)), y2: frame.y[0](Math.min(frame.x.high, frame.y[0].high)),
        stroke: "#888", "stroke-dasharray": "3 2",
      }));
      for (const row of rows) {
        const { minSize = 2, maxSize = 12 } = options.sizeAxis || {};
        const part = share(colours[row], options.colorAxis);
        const mixed = pale.map((of, at) => Math.round(of + (full[at] - of) * part));
        const bubble = element("circle", {
          cx: frame.x(xs[row]), cy: frame.y[0](ys[row]), fill: `rgb(${mixed})`, stroke: "#444",
          r: minSize + (maxSize - minSize) * share(sizes[row], options.sizeAxis),
        });
        const words = [0, 1, 2, 3, 4].map((at) => `${data.getColumnLabel(at)}: ${data.getFormattedValue(row, at)}`);
        this.mark(row, 0, bubble, words.join("\n"), bubbles);
      }
      this.svg.append(grid, bubbles, labels, titles);
    }
  }

  // TFMA looks for its bars in the second child of the group that is clipped, and for the words on
  // them in the third group after it.
  class ColumnChart extends Chart {
    paint(data, options) {
      const rows = [...Array(data.getNumberOfRows()).keys()];
      const series = seriesOf(data, options, "column");
      const sides = [0, 1].map((side) => {
        const of = series.filter((one) => one.axis === side);
        return of.length ? [0, ...of.flatMap((one) => rows.map((row) => Number(data.getValue(row, one.index)) * 1.08))] : null;
      });
      const ticks = options.hAxis?.ticks || [];
      const frame = this.frame(null, sides, options);
      const { area } = frame;
      if (ticks.length) frame.x = this.scale([ticks[0].v, ticks[ticks.length - 1].v], area.x, area.right);
      const { grid, labels, titles } = this.axes(frame, options, ticks);
      const step = (area.right - area.x) / rows.length, width = (step * 0.9) / series.length;
      const bars = element("g"), words = element("g");
      series.forEach((one, place) => {
        for (const row of rows) {
          const value = Number(data.getValue(row, one.index)) || 0, y = frame.y[one.axis];
          const x = area.x + step * (row + 0.05) + width * place, top = Math.min(y(value), y(0));
          const bar = element("rect", {
            x, y: top, width: Math.max(width - 1, 1), height: Math.abs(y(0) - y(value)), fill: one.colour,
          });
          this.mark(row, one.index, bar, `${data.getFormattedValue(row, 0)}\n${one.label}: ${shown(value)}`, bars);
          const told = one.annotation === undefined ? "" : shown(data.getValue(row, one.annotation));
          words.append(element("g", {}, text(x + width / 2, top - 3, told)));
          if (ticks.length || place || step < NARROW) continue;
          const name = String(data.getValue(row, 0)).split(":").pop().replaceAll("_X_", " x ");
          const at = { x: x + width / 2, y: area.bottom + 14 };
          const slanted = { transform: `rotate(-20 ${at.x} ${at.y})`, "text-anchor": "end" };
          labels.append(text(at.x, at.y, name, name.length * 6 > step ? slanted : {}));
        }
      });
      const id = `clip-${Math.random().toString(36).slice(2)}`;
      const clip = element("clipPath", { id }, element("rect", { width: this.width, height: this.height }));
      this.svg.append(element("defs", {}, clip), element("g", { "clip-path": `url(#${id})` }, grid, bars));
      this.svg.append(labels, titles, words, this.legend(series, frame, options));
    }
  }

  // One of TFMA's own elements, with what it is given and nothing else: a model may be called like one.
  const GIVEN = ["data", "value", "lower-bound", "upper-bound"];
  const elementOf = (words) => {
    const template = document.createElement("template"); // in which nothing is run or loaded
    template.innerHTML = words;
    const read = template.content.firstElementChild;
    const made = document.createElement(read.localName);
    for (const name of GIVEN) if (read.hasAttribute(name)) made.setAttribute(name, read.getAttribute(name));
    return made;
  };

  class Table {
    constructor(container) {
      this.container = container;
      this.selection = [];
      this.sorted = { column: -1, ascending: true };
      this.page = 0;
    }
    getSelection() { return this.selection; }
    setSelection(selection) {
      this.selection = selection || [];
      const rows = new Set(this.selection.map((one) => one.row));
      for (const [row, line] of this.lines || []) line.classList.toggle("google-visualization-table-tr-sel", rows.has(row));
    }
    draw(data, options = {}) {
      const order = [...Array(data.getNumberOfRows()).keys()];
      const { column, ascending } = this.sorted;
      if (column >= 0 && column < data.getNumberOfColumns()) {
        const sign = ascending ? 1 : -1;
        order.sort((one, other) => sign * compared(data.getValue(one, column), data.getValue(other, column)));
      }
      const size = options.page === "enable" ? options.pageSize || 10 : order.length || 1;
      const pages = Math.max(1, Math.ceil(order.length / size));
      this.page = Math.min(this.page, pages - 1);
      const table = document.createElement("table");
      table.className = "google-visualization-table-table";
      table.append(this.head(data, options), this.body(data, order.slice(this.page * size, (this.page + 1) * size)));
      const outer = document.createElement("div");
      outer.className = "google-visualization-table";
      outer.style.overflowX = "auto";
      outer.append(table);
      if (pages > 1) outer.append(this.pager(data, options, pages));
      this.container.replaceChildren(outer);
      this.order = order;
      events.trigger(this, "ready");
    }
    head(data, options) {
      const row = document.createElement("tr");
      row.className = "google-visualization-table-tr-head";
      for (let index = 0; index < data.getNumberOfColumns(); index++) {
        const cell = document.createElement("th");
        const sorted = this.sorted.column === index;
        const way = this.sorted.ascending ? "ascending" : "descending";
        cell.className = `google-visualization-table-th${sorted ? ` sort-${way}` : ""}`;
        cell.append(data.getColumnLabel(index) || "", Object.assign(document.createElement("span"), { className: "google-visualization-table-sortind" }));
        cell.tabIndex = 0;
        cell.style.cursor = "pointer";
        if (sorted) cell.setAttribute("aria-sort", way);
        const sort = () => {
          this.sorted = { column: index, ascending: sorted ? !this.sorted.ascending : true };
          this.draw(data, options);
          events.trigger(this, "sort", { ...this.sorted, sortedIndexes: this.order });
        };
        cell.addEventListener("click", sort);
        cell.addEventListener("keydown", (event) => event.key === "Enter" && sort());
        row.append(cell);
      }
      const head = document.createElement("thead");
      head.append(row);
      return head;
    }
    body(data, rows) {
      const body = document.createElement("tbody");
      this.lines = rows.map((row, place) => {
        const line = document.createElement("tr");
        line.className = `google-visualization-table-tr-${place % 2 ? "odd" : "even"}`;
        for (let index = 0; index < data.getNumberOfColumns(); index++) {
          const cell = document.createElement("td");
          cell.className = "google-visualization-table-td";
          const words = data.getFormattedValue(row, index);
          cell.append(words.startsWith("<tfma-") ? elementOf(words) : words);
          cell.style.whiteSpace = "nowrap";
          line.append(cell);
        }
        line.addEventListener("click", () => {
          this.setSelection([{ row }]);
          events.trigger(this, "select");
        });
        body.append(line);
        return [row, line];
      });
      return body;
    }
    pager(data, options, pages) {
      const bar = document.createElement("div");
      bar.className = "google-visualization-table-div-page";
      for (let page = 0; page < pages; page++) {
        const link = document.createElement("a");
        link.className = `google-visualization-table-page-number${page === this.page ? " current" : ""}`;
        link.href = "#";
        link.textContent = page + 1;
        link.addEventListener("click", (event) => {
          event.preventDefault();
          this.page = page;
          this.draw(data, options);
          events.trigger(this, "page", { page });
        });
        bar.append(link);
      }
      return bar;
    }
  }

  const TYPES = {
    Table,
    BubbleChart,
    ColumnChart,
    LineChart: class extends XYChart { constructor(container) { super(container, "line"); } },
    ComboChart: class extends XYChart { constructor(container) { super(container, "line"); } },
    ScatterChart: class extends XYChart { constructor(container) { super(container, "scatter"); } },
  };

  class ChartWrapper {
    constructor({ container }) {
      this.container = container;
      this.chart = null;
    }
    getChart() { return this.chart; }
    setChartType(type) {
      this.type = type;
    }
    setDataTable(data) { this.data = data; }
    setOptions(options) { this.options = options; }
    draw() {
      if (!(this.chart instanceof TYPES[this.type])) {
        this.chart = new TYPES[this.type](this.container);
        events.addListener(this.chart, "select", () => events.trigger(this, "select"));
        events.addListener(this.chart, "ready", () => events.trigger(this, "ready"));
      }
      this.chart.draw(this.data, this.options);
    }
  }

  window.google = {
    charts: { load: () => Promise.resolve() },
    visualization: { DataTable, DataView, arrayToDataTable, ChartWrapper, ColumnChart, events },
  };
  window.polymerSkipLoadingFontRoboto = true; // it would ask fonts.googleapis.com
})();
