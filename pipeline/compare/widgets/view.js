// The page around TFMA's web components: gives each the `config` and the `data` of what is chosen.
"use strict";

(() => {
  const { models, config, plots } = JSON.parse(document.getElementById("results").textContent);
  const get = (id) => document.getElementById(id);
  const WHOLE = "Overall"; // as TFMA calls the slice of all pictures
  const columnsOf = (slice) => slice.split(":")[0].split("_X_").join(" x ");

  const choose = (select, values) => {
    select.replaceChildren(...values.map((value) => new Option(value, value)));
  };
  const show = (name, panel, data, config) => {
    const component = document.createElement(name);
    get(panel).replaceChildren(component);
    component.config = config;
    component.data = data;
  };
  const model = () => models.find((one) => one.name === get("model").value);

  const draw = {
    series() {
      const slice = get("slice").value;
      const there = models.filter((one) => slice in one.slices);
      const data = there.map((one) => ({
        metrics: one.slices[slice],
        config: { modelIdentifier: one.name, dataIdentifier: one.data },
      }));
      show("tfma-nb-time-series", "series", data, { isModelCentric: true });
    },
    slices() {
      const slicing = get("slicing").value;
      const chosen = Object.entries(model().slices).filter(([slice]) => columnsOf(slice) === slicing);
      show("tfma-nb-slicing-metrics", "slices", chosen.map(([slice, metrics]) => ({ slice, metrics })), config);
    },
    plots() {
      const { data, config } = model().plots;
      show("tfma-nb-plot", "plots", data, config);
    },
  };

  const open = (name) => {
    for (const tab of document.querySelectorAll("[role=tab]")) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen ? 0 : -1;
      get(tab.getAttribute("aria-controls")).hidden = !chosen;
    }
    get("of-model").hidden = name === "series";
    get("of-slice").hidden = name !== "series";
    get("of-slicing").hidden = name !== "slices";
    window.customElements.whenDefined("tfma-nb-plot").then(draw[name]);
  };

  choose(get("model"), models.map((one) => one.name));
  get("model").selectedIndex = models.length - 1;
  const slices = Object.keys(models[0].slices);
  choose(get("slice"), slices);
  choose(get("slicing"), [...new Set(slices.map(columnsOf))].filter((one) => one !== WHOLE));
  get("tab-plots").hidden = !plots;
  get("tab-slices").hidden = slices.length < 2;

  const opened = () => document.querySelector("[role=tab][aria-selected=true]").getAttribute("aria-controls");
  for (const select of document.querySelectorAll("select")) select.addEventListener("change", () => draw[opened()]());
  const tabs = [...document.querySelectorAll("[role=tab]")].filter((tab) => !tab.hidden);
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => open(tab.getAttribute("aria-controls")));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(index + step + tabs.length) % tabs.length];
      next.focus();
      open(next.getAttribute("aria-controls"));
    });
  });
  const asked = tabs.find((tab) => `#${tab.getAttribute("aria-controls")}` === window.location.hash);
  open((asked || tabs[0]).getAttribute("aria-controls"));
})();
