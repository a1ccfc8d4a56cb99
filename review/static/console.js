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
