// Help on top of pages that are complete without it. Texts come from the server: <body data-texts='{"copied": "…"}'>.

const root = document.documentElement;
const texts = JSON.parse(document.body.dataset.texts ?? '{}');
const text = (name, fallback) => texts[name] ?? fallback;

/** An element with attributes and children; text is text, never markup. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Reads or writes what this browser remembers; a browser may refuse. */
function remembered(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch {
    return null;
  }
  return value;
}

const live = make('p', { class: 'unseen', role: 'status' });
document.body.append(live);

function say(words) {
  live.textContent = '';
  requestAnimationFrame(() => (live.textContent = words));
}

// Theme: at once here, and told to the server so that its next page is right from the first stroke.

function wear(theme) {
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  else delete root.dataset.theme;
  for (const button of document.querySelectorAll('button[name="theme"]')) {
    button.setAttribute('aria-pressed', String(button.value === (theme || 'system')));
  }
}

const kept = remembered('muster-theme');
if (kept) wear(kept);

document.addEventListener('submit', (event) => {
  const button = event.submitter;
  if (button?.name !== 'theme') return;
  event.preventDefault();
  remembered('muster-theme', button.value);
  wear(button.value);
  fetch(event.target.action, { method: 'POST', body: new URLSearchParams({ theme: button.value }), keepalive: true }).catch(() => {});
});

// Copying: <button type="button" data-copy="id of what is copied" hidden>.

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
      const sign = button.querySelector('use');
      const before = sign.getAttribute('href');
      sign.setAttribute('href', before.replace(/#.*/, '#check'));
      say(text('copied', 'Copied'));
      setTimeout(() => sign.setAttribute('href', before), 2000);
    } catch {
      getSelection().selectAllChildren(source);
    }
  });
}

// JSON that folds: <json-view><pre class="listing">{…}</pre></json-view>.

class JsonView extends HTMLElement {
  connectedCallback() {
    const source = this.querySelector('pre');
    if (!source || this.querySelector('.tree')) return;
    let value;
    try {
      value = JSON.parse(source.textContent);
    } catch {
      return;
    }
    const tree = make('div', { class: 'listing tree' }, JsonView.node(value, [], 0, ''));
    source.hidden = true;
    this.append(tree);
  }

  /** One value; what is deep or long begins folded. */
  static node(value, label, depth, comma) {
    const isList = Array.isArray(value);
    if (value === null || typeof value !== 'object') {
      const kind = typeof value === 'string' ? 'json-text' : 'json-other';
      return make('div', {}, ...label, make('span', { class: kind }, JSON.stringify(value)), comma);
    }
    const entries = Object.entries(value);
    const [open, close] = isList ? '[]' : '{}';
    if (entries.length === 0) return make('div', {}, ...label, `${open}${close}${comma}`);
    const more = make('span', { class: 'more' }, ` ${entries.length} … ${close}${comma}`);
    const fold = make('details', { class: 'fold' }, make('summary', {}, ...label, open, more));
    fold.open = depth < 3 && entries.length <= 50;
    const inside = make('div');
    entries.forEach(([key, child], index) => {
      const name = isList ? [] : [make('span', { class: 'json-key' }, JSON.stringify(key)), ': '];
      inside.append(JsonView.node(child, name, depth + 1, index < entries.length - 1 ? ',' : ''));
    });
    fold.append(inside, `${close}${comma}`);
    return make('div', {}, fold);
  }
}
customElements.define('json-view', JsonView);

// Rows: how many are chosen, all of a page at once, and ranges with Shift.

for (const form of document.querySelectorAll('form:has(.pick)')) {
  const boxes = [...form.querySelectorAll('tbody .pick > input')];
  const all = form.querySelector('thead .pick > input');
  const count = form.querySelector('[data-chosen]');
  let last = null;
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    if (count) count.textContent = count.dataset.chosen.replace('{count}', String(chosen));
    if (!all) return;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  if (all) {
    all.closest('.pick').hidden = false;
    all.addEventListener('change', () => {
      for (const box of boxes) box.checked = all.checked;
      tell();
    });
  }
  form.addEventListener('click', (event) => {
    const index = boxes.indexOf(event.target);
    if (index < 0) return;
    if (event.shiftKey && last !== null) {
      const [from, to] = [Math.min(last, index), Math.max(last, index)];
      for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
    }
    last = index;
    tell();
  });
  tell();
}

// Filters send themselves: <form data-auto>. Its button stays for everybody else.

for (const form of document.querySelectorAll('form[data-auto]')) {
  form.addEventListener('change', (event) => {
    if (event.target.matches('select, input[type="checkbox"], input[type="radio"], input[type="date"]')) form.requestSubmit();
  });
}

// Work that is not saved: <form data-keep>.

for (const form of document.querySelectorAll('form[data-keep]')) {
  const state = () => new URLSearchParams(new FormData(form)).toString();
  const before = state();
  let isLeaving = false;
  form.addEventListener('submit', () => (isLeaving = true));
  addEventListener('beforeunload', (event) => {
    if (!isLeaving && state() !== before) event.preventDefault();
  });
}

// Confirmations: a link to a page of its own that this page has as a dialog too: <a href="…/lock" data-dialog="lock">.

document.addEventListener('click', (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const link = event.target.closest?.('a[data-dialog]');
  const dialog = link && document.getElementById(link.dataset.dialog);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  if (event.target.closest?.('[data-close]')) {
    const around = event.target.closest('dialog');
    if (!around) return;
    event.preventDefault();
    around.close();
  }
});

/** A dialog that goes when it is closed. */
function passing(attributes, ...children) {
  const dialog = make('dialog', attributes, ...children);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// The palette: pages of the menu, and what the server finds as JSON: {"results": [{"title", "detail", "href"}]}.

const places = [...document.querySelectorAll('.side a[href]')].map((link) => ({
  title: (link.querySelector('span') ?? link).textContent.trim(),
  detail: '',
  href: link.href,
  go: link.dataset.go,
}));

function palette() {
  if (document.querySelector('.palette')) return;
  const label = text('palette', 'Search or go to');
  const input = make('input', {
    type: 'search', role: 'combobox', 'aria-label': label, placeholder: label, autocomplete: 'off', spellcheck: 'false',
    'aria-expanded': 'true', 'aria-controls': 'palette-list', 'aria-autocomplete': 'list',
  });
  const list = make('ul', { role: 'listbox', id: 'palette-list', 'aria-label': label });
  const hint = make('p', {}, text('palette-keys', 'Arrow keys choose, Enter opens, Escape closes.'));
  const dialog = passing({ class: 'palette', 'aria-label': label }, input, list, hint);
  let chosen = 0;
  let asked = null;
  let timer = 0;

  const choose = (index) => {
    const options = [...list.children];
    chosen = options.length ? (index + options.length) % options.length : 0;
    options.forEach((option, at) => option.setAttribute('aria-selected', String(at === chosen)));
    input.setAttribute('aria-activedescendant', options[chosen]?.id ?? '');
    options[chosen]?.scrollIntoView({ block: 'nearest' });
  };
  const open = () => {
    const href = list.children[chosen]?.dataset.href;
    // Only pages of this server: an address of another kind is not followed.
    if (href && new URL(href, location.href).origin === location.origin) location.assign(href);
  };
  const show = (found) => {
    const rows = found.slice(0, 30).map(({ title, detail, href }, at) => {
      const row = make('li', { role: 'option', id: `palette-${at}`, 'data-href': href }, make('bdi', {}, title));
      if (detail) row.append(make('span', { class: 'quiet fine' }, detail));
      row.addEventListener('click', () => {
        choose(at);
        open();
      });
      return row;
    });
    list.replaceChildren(...rows);
    choose(0);
  };
  const seek = () => {
    const words = input.value.trim().toLowerCase();
    const near = places.filter(({ title }) => title.toLowerCase().includes(words));
    show(near);
    clearTimeout(timer);
    asked?.abort();
    const action = document.querySelector('form.find')?.action;
    if (!words || !action) return;
    timer = setTimeout(async () => {
      asked = new AbortController();
      try {
        const query = new URLSearchParams({ q: input.value });
        const options = { headers: { accept: 'application/json' }, signal: asked.signal };
        const answer = await fetch(`${action}?${query}`, options);
        const { results } = await answer.json();
        show([...near, ...results]);
        say(text('found', '{count} found').replace('{count}', String(near.length + results.length)));
      } catch {
        // The pages of the menu stay.
      }
    }, 150);
  };
  input.addEventListener('input', seek);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(chosen + step);
    else if (event.key === 'Enter') open();
    else return;
    event.preventDefault();
  });
  seek();
  return dialog;
}

// Keys. Single ones can be switched off (WCAG 2.2, 2.1.4): <html data-keys="off">.

function help() {
  if (document.querySelector('dialog[open]')) return;
  const rows = [
    ['/', text('key-search', 'Search')],
    ['Ctrl+K', text('palette', 'Search or go to')],
    ['?', text('key-help', 'This list')],
    ...places.filter(({ go }) => go).map(({ go, title }) => [`g ${go}`, title]),
  ];
  const list = rows.map(([keys, words]) => {
    const signs = keys.split(/[ +]/).flatMap((sign, at) => (at ? [' ', make('kbd', {}, sign)] : [make('kbd', {}, sign)]));
    return make('div', {}, make('dt', {}, words), make('dd', {}, ...signs));
  });
  const close = make('button', { class: 'button', type: 'button', 'data-close': '' }, text('close', 'Close'));
  const title = make('h2', { id: 'help-title' }, text('keys', 'Keyboard'));
  passing({ 'aria-labelledby': 'help-title' }, title, make('dl', { class: 'keys' }, ...list), close);
}

let isGoing = false;

document.addEventListener('keydown', (event) => {
  const { key } = event;
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && key.toLowerCase() === 'k') {
    event.preventDefault();
    palette();
    return;
  }
  const isTyping = event.target.closest?.('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');
  const isOther = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (isTyping || isOther || root.dataset.keys === 'off' || document.querySelector('dialog[open]')) return;
  if (isGoing) {
    isGoing = false;
    const place = places.find(({ go }) => go === key);
    if (place) location.assign(place.href);
    return;
  }
  if (key === 'g') {
    isGoing = true;
    setTimeout(() => (isGoing = false), 1500);
  } else if (key === '?') {
    help();
  } else if (key === '/') {
    event.preventDefault();
    (document.querySelector('[data-search]') ?? document.querySelector('form.find input'))?.focus();
  }
});

for (const link of document.querySelectorAll('[data-help]')) {
  link.addEventListener('click', (event) => {
    event.preventDefault();
    help();
  });
}

// A list that turns green while one waits: <ol class="checks" data-refresh="address">; the address answers
// {"checks": [{"state", "title", "said", "words", "request", "href"}]}. The server's list is complete without it.

function sign(name) {
  const space = 'http://www.w3.org/2000/svg';
  const picture = document.createElementNS(space, 'svg');
  const use = document.createElementNS(space, 'use');
  picture.setAttribute('class', 'icon');
  picture.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `/assets/icons.svg#${name}`);
  picture.append(use);
  return picture;
}

function check({ state, title, said, words, request, href }) {
  const signs = { done: 'check', failed: 'cross', waiting: 'clock' };
  const mark = make('span', { class: 'mark' }, sign(signs[state] ?? 'clock'));
  const heading = make('h3', {}, title, make('span', { class: 'unseen' }, `: ${said}`));
  const detail = make('p', { class: 'quiet' }, words);
  if (href && new URL(href, location.href).origin === location.origin) {
    detail.append(' ', make('a', { href }, make('bdi', {}, request)));
  }
  return make('li', { class: state }, mark, make('div', { class: 'block' }, heading, detail));
}

for (const list of document.querySelectorAll('[data-refresh]')) {
  const begun = Date.now();
  const isDone = ({ state }) => state === 'done';
  let shown = '';
  let done = null;
  const timer = setInterval(async () => {
    if (document.hidden || list.contains(document.activeElement)) return;
    try {
      const answer = await fetch(list.dataset.refresh, { headers: { accept: 'application/json' } });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const { checks } = await answer.json();
      const now = JSON.stringify(checks);
      if (now === shown) return;
      shown = now;
      list.replaceChildren(...checks.map(check));
      const finished = checks.filter(isDone);
      for (const { title, said } of finished) if (done && !done.has(title)) say(`${title}: ${said}`);
      done = new Set(finished.map(({ title }) => title));
      if (checks.every(isDone) || Date.now() - begun > 1_800_000) clearInterval(timer);
    } catch {
      clearInterval(timer);
    }
  }, 5000);
}
