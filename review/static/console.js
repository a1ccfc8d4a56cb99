// The console works without this script, but for charts: it draws them, and gives the keyboard shortcuts.
"use strict";

(() => {
  const styles = () => getComputedStyle(document.documentElement);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const vega = document.currentScript.dataset.vega;

  // Charts ------------------------------------------------------------------------------------------------------

  // A chart's colours are the page's: a spec names them as var(--name).
  const coloured = (value, style) => {
    if (typeof value === "string") return value.replace(/var\((--[\w-]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
    if (Array.isArray(value)) return value.map((item) => coloured(item, style));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, coloured(item, style)]));
    }
    return value;
  };

  const theme = (style) => {
    const ink = style.getPropertyValue("--ink").trim();
    const muted = style.getPropertyValue("--muted").trim();
    const line = style.getPropertyValue("--line").trim();
    return {
      background: "transparent",
      font: style.fontFamily,
      text: { color: ink, fontSize: 12 },
      title: { color: ink, fontSize: 13, anchor: "start" },
      axis: {
        labelColor: muted, titleColor: muted, gridColor: line, domainColor: line, tickColor: line,
        labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal",
      },
      legend: { labelColor: muted, titleColor: muted, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
      header: { labelColor: muted, titleColor: muted },
      view: { stroke: "transparent" },
      mark: { color: style.getPropertyValue("--accent").trim() },
      rule: { color: muted },
      range: { category: ["--accent", "--against", "--caution", "--for", "--muted"].map((name) => style.getPropertyValue(name).trim()) },
    };
  };

  const draw = async (place) => {
    const spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
    const style = styles();
    try {
      await window.vegaEmbed(place, coloured(spec, style), {
        actions: false, ast: true, renderer: "svg", config: theme(style), defaultStyle: false,
        tooltip: { disableDefaultStyle: true, theme: "custom" },
      });
    } catch (error) {
      place.dataset.failed = "";
      place.closest("figure")?.querySelector("details")?.setAttribute("open", "");
      console.error(error);
    }
    place.dataset.drawn = "";
  };

  const drawAll = () => Promise.all([...document.querySelectorAll(".chart[data-spec]")].map(draw));

  const charts = () => {
    if (!document.querySelector(".chart[data-spec]")) return;
    const script = document.createElement("script");
    script.src = vega;
    script.onload = () => {
      drawAll();
      dark.addEventListener("change", drawAll);
    };
    document.head.append(script);
  };

  document.addEventListener("DOMContentLoaded", charts);
})();

// The keys of the queue: j and k (or arrows) go from case to case, Enter opens, x chooses, n takes the next, / searches.
// On a case, j and k open the next one of the queue and the one before.
(() => {
  "use strict";
  const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];

  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.hasAttribute("aria-current"));
    const to = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    all.forEach((row) => row.removeAttribute("aria-current"));
    to.setAttribute("aria-current", "true");
    to.querySelector("[data-open]").focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
  };

  const here = () => document.querySelector("[data-rows] [data-row][aria-current]");

  const press = (key) => {
    const target = document.querySelector(`[data-key="${key}"]`);
    if (!target) return false;
    if (target.matches("input")) target.focus();
    else target.click();
    return true;
  };

  const keys = {
    j: () => (rows().length ? go(1) : press("j")),
    ArrowDown: () => go(1),
    k: () => (rows().length ? go(-1) : press("k")),
    ArrowUp: () => go(-1),
    x: () => here()?.querySelector("input[type=checkbox]")?.click(),
    n: () => press("n"),
    "/": () => press("/"),
    "?": () => {
      const help = document.querySelector("dialog[data-keys]");
      if (help) help.open ? help.close() : help.showModal();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog[open]")) {
      return;
    }
    const arrows = event.key.startsWith("Arrow");
    if (!(event.key in keys) || (arrows && !event.target.closest("[data-rows]"))) return;
    event.preventDefault();
    keys[event.key]();
  });

  // The menu of the account closes when one goes elsewhere.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
  });
  document.addEventListener("keyup", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  });

  // A row that got the focus another way (Tab, a click) is where j and k go on from.
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-rows] [data-row]");
    if (!row) return;
    rows().forEach((other) => other.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
  });
})();
