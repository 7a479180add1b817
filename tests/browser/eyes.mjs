// Somebody who looks at each page of the console of a tenant: of which elements it consists, whatever is stored.

import assert from 'node:assert/strict';

import { ROOT } from './site.mjs';

/** Pages of a person, of a group, and the others. */
export const PERSON_PAGES = [
  '/groups', '/groups/add', '/sign-in', '/assigned', '/history', '/json', '/danger', '/lock', '/unlock', '/deactivate', '/delete',
  '/reset', '/detach', '/end-sessions',
];
export const GROUP_PAGES = ['/add?q=plain', '/edit', '/delete', '/history'];
const PAGES = [
  '', '/users', '/users?filter=plain%20eq', '/users?state=locked', '/users/new', '/users/import', '/groups', '/groups/new', '/operators',
  '/connections', '/connections/new', '/connections/evil', '/connections/evil/tokens', '/log', '/audit', '/attributes', '/attributes/new',
  '/settings', '/workbench', '/search?q=plain', '/own',
];
/** What pages have whose list is long. */
const MORE = ['<a rel>'];

/**
 * What is looked at, page by page. Of which elements and attributes pages may consist is learned where nothing hostile is stored.
 */
export class Eyes {
  #known = new Set(MORE);
  #shapes = new Map();
  /** Whether the pages that come are taken for such as they should be. */
  isLearning = true;

  constructor(person, base) {
    this.person = person;
    this.page = person.page;
    this.inspection = person.inspection;
    this.base = base;
  }

  /** Opens a page of the console and looks at it; `kind`: all pages of it have the same elements, whatever they say. */
  async visit(path, kind) {
    const response = await this.page.goto(`${ROOT}${this.base}${path}`);
    assert.ok(response.status() < 500, `GET ${path}: ${response.status()}`);
    return this.look(kind);
  }

  /** Looks at the page that is open; answers its words. */
  async look(kind) {
    const where = this.page.url();
    await this.inspection.check(this.page, where);
    const { text, parts, shape } = await this.page.evaluate(CENSUS);
    if (this.isLearning) {
      for (const part of parts) this.#known.add(part);
      this.#shapes.set(kind, shape);
    }
    for (const part of parts) if (!this.#known.has(part)) this.inspection.fault(where, `no page of the console has a ${part}`);
    if (kind && shape !== this.#shapes.get(kind)) {
      this.inspection.fault(where, `${kind} has other elements than with harmless values: ${difference(this.#shapes.get(kind), shape)}`);
    }
    return text;
  }

  /** Learns of what pages consist: those of a user, a group, and all others. */
  async learn(user, group) {
    const people = ['', '/edit', ...PERSON_PAGES].map((page) => `/users/${user}${page}`);
    const groups = ['', ...GROUP_PAGES].map((page) => `/groups/${group}${page}`);
    for (const path of [...people, ...groups, ...PAGES]) {
      await this.visit(path, path.replace(user, 'user').replace(group, 'group'));
    }
    for (const address of await this.entries()) await this.visit(address.replace(this.base, ''));
  }

  /** The requests in the log, on all its pages. */
  async entries() {
    const found = [];
    await this.list('/log', async () => {
      const links = this.page.locator('main tbody th a');
      found.push(...(await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))));
    });
    return found;
  }

  /** What a list says, on all its pages. */
  async list(path, each = () => {}) {
    let text = await this.visit(path);
    await each();
    for (let next = this.page.locator('a[rel="next"]'); await next.count(); ) {
      await this.page.goto(await next.first().evaluate((link) => link.href));
      text += await this.look();
      await each();
    }
    return text;
  }

  /** What the palette offers for these words: it waits until the first of them is there. */
  async palette(words) {
    await this.page.keyboard.press('Control+K');
    await this.page.locator('.palette input').fill(words);
    const offered = this.page.locator('.palette li bdi');
    await offered.filter({ hasText: words.trim() }).first().waitFor();
    const texts = await offered.allTextContents();
    await this.look();
    return texts;
  }

  /** Sends a form of the console, and stays; answers the status. */
  send(path, fields) {
    return this.page.evaluate(
      async ({ address, body }) => (await fetch(address, { method: 'POST', body: new URLSearchParams(body) })).status,
      { address: this.base + path, body: fields },
    );
  }

  /** What is downloaded from there. */
  download(path) {
    return this.page.evaluate(async (address) => {
      const response = await fetch(address);
      const name = (header) => response.headers.get(header) ?? '';
      return { status: response.status, type: name('content-type'), disposition: name('content-disposition'), text: await response.text() };
    }, this.base + path);
  }

  /** Opens a page, types into fields, presses the button, and looks at what comes. */
  async type(path, fields, button = 'main form[method="post"] button.first') {
    await this.page.goto(`${ROOT}${this.base}${path}`);
    return this.goOn(fields, button);
  }

  /** Types into the page that is open. */
  async goOn(fields, button = 'main form[method="post"] button.first') {
    for (const [name, text] of Object.entries(fields)) await this.page.locator(`main [name="${name}"]`).first().fill(text);
    await Promise.all([this.page.waitForEvent('load'), this.page.locator(button).first().click()]);
    return this.look();
  }
}

/** The first line that is different. */
function difference(expected = '', shape) {
  const [one, other] = [expected.split('\n'), shape.split('\n')];
  const at = other.findIndex((line, number) => line !== one[number]);
  return `${one[at]} is ${other[at]} (${one.length} and ${other.length} elements)`;
}

/** Runs in the page: what it says, its elements with their attributes, and those of its content one after the other. */
function CENSUS() {
  const parts = new Set();
  const name = ({ localName, attributes }) => [localName, ...[...attributes].map((each) => each.name).sort()].join(' ');
  for (const element of document.querySelectorAll('*')) {
    parts.add(`<${element.localName}>`);
    for (const { name: attribute } of element.attributes) parts.add(`<${element.localName} ${attribute}>`);
  }
  const values = [...document.querySelectorAll('input, textarea')].map(({ value }) => value);
  const shape = [...document.querySelectorAll('main, main *')].map(name).join('\n');
  return { text: [document.body.textContent, document.title, ...values, ''].join('\n'), parts: [...parts], shape };
}
