// Filters, search and grouping. Without it the page shows everything, by entry point.
"use strict";

(() => {
  const form = document.querySelector("form");
  const list = document.querySelector("#findings");
  const count = document.querySelector("output");
  const articles = [...list.querySelectorAll("article")];
  const names = ["group", "severity", "confidence", "rule", "search"];
  // Printed, everything is to be seen.
  addEventListener("beforeprint", () => articles.forEach((article) => (article.firstElementChild.open = true)));
  if (!form) return;
  document.documentElement.classList.add("scripted");

  function groupBy(key) {
    const groups = new Map();
    // The articles stand worst first, so the group of the worst comes first.
    for (const article of articles) {
      const title = article.dataset[key];
      if (!groups.has(title)) groups.set(title, []);
      groups.get(title).push(article);
    }
    const sections = [];
    for (const [title, members] of groups) {
      const section = document.createElement("section");
      const heading = document.createElement("h2");
      heading.textContent = title + " ";
      heading.append(document.createElement("small"));
      section.append(heading, ...members);
      sections.push(section);
    }
    list.replaceChildren(...sections);
  }

  function filter() {
    const wanted = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
    const words = wanted.search.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const article of articles) {
      const text = article.dataset.text;
      const fits = ["severity", "confidence", "rule"].every((name) => !wanted[name] || article.dataset[name] === wanted[name]);
      article.hidden = !(fits && words.every((word) => text.includes(word)));
      if (!article.hidden) shown += 1;
    }
    for (const section of list.children) {
      const visible = [...section.querySelectorAll("article")].filter((article) => !article.hidden).length;
      section.hidden = visible === 0;
      section.querySelector("small").textContent = String(visible);
    }
    count.textContent = shown === articles.length ? `${shown} shown` : `${shown} of ${articles.length} shown`;
    const state = new URLSearchParams(names.filter((name) => wanted[name]).map((name) => [name, wanted[name]]));
    state.delete(wanted.group === "entry" ? "group" : "");
    history.replaceState(null, "", state.size ? `#${state}` : location.pathname + location.search);
  }

  const state = new URLSearchParams(location.hash.slice(1));
  for (const name of names) {
    if (state.has(name)) form.elements[name].value = state.get(name);
  }
  if (!form.elements.group.value) form.elements.group.value = "entry";
  const target = location.hash;
  groupBy(form.elements.group.value);
  filter();
  if (target.startsWith("#rule-")) location.hash = target;

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (event.target.name === "group") groupBy(event.target.value);
    filter();
  });
  // A link to a rule opens its page.
  function open() {
    const page = location.hash.startsWith("#rule-") && document.getElementById(location.hash.slice(1));
    if (page) page.querySelector("details").open = true;
  }
  addEventListener("hashchange", open);
  open();
  // `/` goes to the search, as on many pages.
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      form.elements.search.focus();
    }
  });
})();
