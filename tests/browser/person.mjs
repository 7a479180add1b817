// Somebody in front of a browser whose scripts are switched off.

import assert from 'node:assert/strict';

import { ROOT } from './site.mjs';

/** How long a person waits for anything, in milliseconds. */
const PATIENCE = 30_000;

/** A person with a browser of their own: cookies, window, language. */
export class Person {
  static async arrive(browser, inspection, name, options = {}) {
    const person = new Person();
    person.name = name;
    person.inspection = inspection;
    person.context = await browser.newContext({ locale: 'en-GB', javaScriptEnabled: false, ...options });
    person.context.setDefaultTimeout(PATIENCE);
    person.page = await person.context.newPage();
    inspection.watch(person.page, name);
    return person;
  }

  /** Opens an address. */
  open(address, expected) {
    const url = address.startsWith('http') ? address : ROOT + address;
    return this.meet(() => this.page.goto(url), expected);
  }

  /** Follows a link by its words. */
  follow(words, expected) {
    return this.meet(() => this.page.getByRole('link', { name: words, exact: true }).first().click(), expected);
  }

  /** Types into fields by their labels. */
  async type(fields) {
    for (const [label, text] of Object.entries(fields)) {
      await this.page.getByLabel(label, { exact: true }).fill(text);
    }
  }

  /** Types into fields and presses a button. */
  async send(fields, button, expected) {
    await this.type(fields);
    return this.meet(() => this.page.getByRole('button', { name: button, exact: true }).click(), expected);
  }

  /**
   * Does something that leads to a page, and looks at that page: its status (200), its path, its heading, words that stand on it, and
   * the name of its picture.
   */
  async meet(act, { status = 200, path, heading, says = [], picture }) {
    const arrived = [];
    const isPage = (response) => {
      const request = response.request();
      if (!request.isNavigationRequest() || request.frame() !== this.page.mainFrame()) return false;
      arrived.push(response);
      return response.status() < 300 || response.status() > 399;
    };
    const [response] = await Promise.all([this.page.waitForResponse(isPage), this.page.waitForEvent('load'), act()]);
    for (const each of arrived) await this.inspection.headers(each);
    const shown = (await this.page.locator('h1').allTextContents()).join(' | ');
    const where = `${this.name} at ${response.url()}, «${shown}»`;
    assert.equal(response.status(), status, `${where}: the status`);
    if (path) assert.equal(new URL(this.page.url()).pathname, path, `${where}: the path`);
    if (heading) assert.equal(shown, heading, `${where}: the heading`);
    for (const words of [says].flat()) await this.reads(words);
    await this.inspection.look(picture ?? heading?.toLowerCase().replace(/\W+/g, '-') ?? 'page', response);
    return response;
  }

  /** The words stand on the page. */
  async reads(words) {
    const text = await this.text();
    assert.ok(text.includes(words), `${this.name} at ${this.page.url()} does not read «${words}»:\n${text}`);
  }

  /** What the page says. */
  text() {
    return this.page.locator('body').innerText();
  }

  /** Signs in on the page for that. */
  async signIn(username, password, expected = {}, base = '') {
    if (!this.page.url().includes('/sign-in')) {
      await this.open(`${base}/sign-in`, { heading: 'Sign in' });
    }
    return this.send({ Username: username, Password: password }, 'Sign in', { heading: 'Profile', ...expected });
  }

  /** Signing in is refused, in the same words whatever the reason. */
  async cannotSignIn(username, password) {
    return this.signIn(username, password, {
      status: 401,
      heading: 'Sign in',
      picture: 'sign-in-refused',
      says: 'The username or the password is wrong, or the account is locked.',
    });
  }

  leave() {
    return this.context.close();
  }
}
