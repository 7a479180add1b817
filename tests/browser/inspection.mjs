// What is asked of every page, whatever it is about.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { IS_LOOKED_AT, PACKAGES, PICTURES, ROOTS } from './site.mjs';

const require = createRequire(`${PACKAGES}/`);
const AXE = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');

const WIDE = { width: 1280, height: 800 };
/** 1280 pixels at 400 %: WCAG 2.2, 1.4.10. */
const NARROW = { width: 320, height: 640 };

const POLICY = ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"];
const HEADERS = {
  'cache-control': /^no-store$/,
  // Other sites learn nothing of an address.
  'referrer-policy': /^(no-referrer|same-origin)$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
};

/** The shapes of pages that were looked at, in whatever story. */
const SEEN = new Set();

/** A page whose script is on, where each page that somebody has met is shown again and looked at. */
export class Inspection {
  /** How many pages were looked at, and how many of them were different. */
  visited = 0;
  #faults = new Map();
  #different = 0;
  #looking = Promise.resolve();
  #pictures = new Set();
  #watched = new Set();
  #story;

  /** `isConsole`: pages of the console, which have a script, signs and forms that only ask. */
  static async begin(browser, story, isConsole = false) {
    const inspection = new Inspection();
    inspection.#story = story;
    inspection.isConsole = isConsole;
    // What is measured while a colour fades is wrong.
    const context = await browser.newContext({ viewport: WIDE, locale: 'en-GB', reducedMotion: 'reduce' });
    await context.addInitScript({ content: AXE });
    inspection.page = await context.newPage();
    inspection.watch(inspection.page, 'inspection');
    await inspection.page.route(() => true, (route) => inspection.#serve(route));
    return inspection;
  }

  fault(where, what) {
    this.#faults.set(what, new Set([...(this.#faults.get(what) ?? []), where]));
  }

  /** What was found wrong, as sentences: each once, with the first place and the number of places. */
  get faults() {
    return [...this.#faults].map(([what, [first, ...others]]) => {
      const more = others.length > 0 ? ` and ${others.length} more` : '';
      return `${what} [${first}${more}]`;
    });
  }

  /** Notes everything that a page complains about, and whatever runs in it. */
  watch(page, who) {
    this.#watched.add(page);
    page.on('close', () => this.#watched.delete(page));
    const note = (what) => this.fault(`${who} at ${page.url()}`, what);
    page.on('dialog', (dialog) => {
      note(`a dialog opened: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on('pageerror', (error) => note(`a script failed: ${error}`));
    page.on('popup', (popup) => note(`a window opened: ${popup.url()}`));
    page.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return;
      // The browser says so of every page with an error status, which is checked where the page is met.
      const isStatus = message.text().startsWith('Failed to load resource: the server responded with a status of 4');
      if (!(isStatus && message.location().url === page.url())) note(`the console says: ${message.text()}`);
    });
    page.on('requestfailed', (request) => {
      // The page was left before.
      if (request.failure()?.errorText === 'net::ERR_ABORTED') return;
      if (!request.isNavigationRequest()) note(`not loaded: ${request.url()}: ${request.failure()?.errorText}`);
    });
    page.on('request', (request) => {
      if (!ROOTS.some((root) => request.url().startsWith(`${root}/`))) note(`something is loaded from elsewhere: ${request.url()}`);
    });
  }

  /** The headers that every answer has, a redirect too. */
  async headers(response) {
    const headers = await response.allHeaders();
    const wrong = Object.entries(HEADERS)
      .filter(([name, value]) => !value.test(headers[name]))
      .map(([name]) => `${name} is ${headers[name]}`);
    const policy = headers['content-security-policy'] ?? '';
    const forbidden = this.isConsole ? /unsafe|\*|data:/ : /unsafe|\*|data:|script-src/;
    const isStrict = POLICY.every((rule) => policy.includes(rule)) && !forbidden.test(policy);
    if (!isStrict) wrong.push(`the policy is «${policy}»`);
    for (const cookie of (headers['set-cookie'] ?? '').split('\n').filter(Boolean)) {
      const isKept = ['HttpOnly', 'SameSite=Lax', 'Path=/'].every((word) => cookie.split('; ').includes(word));
      if (!isKept) wrong.push(`a cookie is ${cookie}`);
    }
    const where = `${response.request().method()} ${response.url()} (${response.status()})`;
    if (wrong.length > 0) this.fault(where, `headers: ${wrong.join('; ')}`);
  }

  /** Takes a page that somebody has met to look at it, while they go on; `name` is the picture's. */
  async look(name, response) {
    this.visited += 1;
    if (!IS_LOOKED_AT) return;
    const body = await response.body();
    const key = `${this.isConsole} ${shape(body.toString())}`;
    const isNew = !SEEN.has(key);
    if (!isNew && this.#pictures.has(name)) return;
    if (isNew) this.#different += 1;
    SEEN.add(key);
    this.#pictures.add(name);
    const headers = { ...(await response.allHeaders()) };
    for (const header of ['set-cookie', 'content-length', 'transfer-encoding', 'date']) delete headers[header];
    const shown = { status: response.status(), headers, body };
    const look = async () => {
      this.#shown = shown;
      await this.page.goto(response.url());
      if (isNew) await this.examine(this.page, name);
      await this.#picture(this.page, name);
    };
    this.#looking = this.#looking.then(look).catch((error) => this.fault(name, error.stack));
  }

  /** Waits until every page has been looked at. */
  done() {
    return this.#looking;
  }

  /** What must be so whatever is stored. */
  async check(page, where) {
    for (const what of await page.evaluate(structure, this.isConsole)) this.fault(where, what);
  }

  /** Looks at the page that is open. */
  async examine(page, name) {
    const where = `${name} (${page.url()})`;
    await this.check(page, where);
    for (const what of await page.evaluate(violations)) this.fault(where, what);
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const what of await page.evaluate(violations, 'color-contrast')) this.fault(where, `dark: ${what}`);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(NARROW);
    for (const what of await page.evaluate(overflow)) {
      this.fault(where, what);
      await this.#picture(page, `${name}-narrow`);
    }
    await page.setViewportSize(WIDE);
  }

  /** How many pages were different but for their words, also from those of other stories. */
  get different() {
    return this.#different;
  }

  /** Takes pictures of what everybody in the story sees. */
  async keep(name) {
    for (const [number, page] of this.#watched.entries()) {
      const path = `${PICTURES}/${this.#story}-${name}-${number}.png`;
      await page.screenshot({ path }).catch(() => {});
    }
  }

  async #picture(page, name) {
    await page.screenshot({ path: `${PICTURES}/${this.#story}-${name}.png`, fullPage: true });
  }

  #shown = null;

  async #serve(route) {
    if (!route.request().isNavigationRequest() || !this.#shown) return route.continue();
    const shown = this.#shown;
    this.#shown = null;
    return route.fulfill(shown);
  }
}

/** What a page is but for its words: whatever is stored in it, markup that comes from there is another shape. */
function shape(html) {
  return html
    .replaceAll('/t/default/', '/')
    .replace(/ value="[^"]+"/g, ' value="words"')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'id')
    .replace(/ datetime="[^"]+"/g, ' datetime="moment"')
    .replace(/>([^<]+)</g, (_, text) => {
      if (!text.trim()) return '><';
      return text.split(/\s/).some((word) => word.length > 30) ? '>longwords<' : '>words<';
    });
}

/** Runs in the page: where its forms lead, and what must not be in it. */
async function structure(isConsole) {
  const wrong = [];
  const base = location.origin;
  for (const form of document.forms) {
    for (const target of [form, ...form.querySelectorAll('[formaction]')]) {
      const address = new URL(target.getAttribute('formaction') ?? target.getAttribute('action') ?? '', location.href);
      if (address.origin !== base) wrong.push(`a form leads elsewhere: ${address}`);
    }
    if (form.method !== 'post' && !isConsole) wrong.push(`a form is sent by ${form.method}: ${form.action}`);
    if (form.target) wrong.push(`a form opens a window: ${form.action}`);
  }
  for (const link of document.querySelectorAll('a[href], area[href]')) {
    // What an authenticator is told.
    if (isConsole && link.getAttribute('href').startsWith('otpauth://totp/')) continue;
    if (!['http:', 'https:'].includes(new URL(link.getAttribute('href'), location.href).protocol)) {
      wrong.push(`a link is no web address: ${link.getAttribute('href').slice(0, 80)}`);
    }
  }
  const banned = 'script, style, iframe, object, embed, base, meta[http-equiv], svg, [style], [srcdoc], [ping]';
  const own = 'script[src="/assets/console.js"]:empty, svg.icon, svg.qr';
  for (const element of document.querySelectorAll(banned)) {
    if (isConsole && element.matches(own)) continue;
    wrong.push(`must not be in a page: ${element.outerHTML.slice(0, 120)}`);
  }
  for (const element of document.querySelectorAll('*')) {
    for (const { name } of element.attributes) {
      if (name.startsWith('on')) wrong.push(`a handler in a page: ${element.outerHTML.slice(0, 120)}`);
    }
  }
  if (document.querySelectorAll('h1').length !== 1) wrong.push('there is not exactly one h1');
  const summary = document.querySelector('.summary[autofocus], .notice[autofocus]');
  // The browser gives it the focus when it paints.
  for (let frame = 0; frame < 60 && summary && document.activeElement !== summary; frame += 1) {
    await new Promise(requestAnimationFrame);
  }
  if (summary && document.activeElement !== summary) wrong.push('the summary of errors has not got the focus');
  const MESSAGE_ID = /\b(account|password|mail|common|console|factor|people|person|user|users|groups?|operators?|connections?|tokens?|shield|dashboard|log|audit|attributes?|settings?|workbench|wizard|search)-[a-z]+(-[a-z]+)+\b/;
  const words = [...document.querySelectorAll('h1, h2, h3, p, label, button, a, dt, legend, li, title')];
  for (const element of words) {
    if (MESSAGE_ID.test(element.textContent)) {
      wrong.push(`a raw message id: ${element.textContent.trim().slice(0, 80)}`);
    }
  }
  for (const { textContent: label } of document.querySelectorAll('label')) {
    // Clients and scopes are called so.
    if (isConsole) continue;
    if (/^\$?[a-z]+([A-Z][a-z]+)*$/.test(label.trim())) wrong.push(`a label is the name of an attribute: ${label.trim()}`);
  }
  return wrong;
}

/** Runs in the page: what axe says, by all its rules or by one. */
async function violations(rule) {
  const options = rule
    ? { runOnly: { type: 'rule', values: [rule] } }
    : { rules: { 'target-size': { enabled: true } } };
  const { violations: found } = await globalThis.axe.run(document, { ...options, resultTypes: ['violations'] });
  return found.flatMap(({ id, help, nodes }) => nodes.map((node) => `axe ${id}: ${help}: ${node.html.slice(0, 160)}`));
}

/** Runs in the page: whether it has to be scrolled sideways. */
function overflow() {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.querySelectorAll('body *')].filter(
    (element) => element.getBoundingClientRect().right > clientWidth + 1,
  );
  const widest = wide.map((element) => `${element.tagName}.${element.className}`).slice(0, 5);
  return [`wider than the window at ${clientWidth} pixels: ${scrollWidth}: ${widest.join(', ')}`];
}
