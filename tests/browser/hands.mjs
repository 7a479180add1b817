// Hands on a keyboard, without a mouse: where they go, and whether one sees where they are.

import assert from 'node:assert/strict';

/** The most stops from the top of a page to anything in it. */
const STOPS = 150;

/** Somebody's hands on a keyboard. */
export class Hands {
  constructor(person) {
    this.person = person;
    this.page = person.page;
  }

  /** Where the focus is, after a key: what it is called, and why nobody would see it. */
  async after(key) {
    await this.page.keyboard.press(key);
    return this.focus();
  }

  focus() {
    return this.page.evaluate(FOCUS);
  }

  /** Presses the key until what has the focus is called so. */
  async to(words, key = 'Tab') {
    const passed = [];
    for (let count = 0; count < STOPS; count += 1) {
      const { name, tag, hidden } = await this.after(key);
      passed.push(name);
      if (hidden) this.person.inspection.fault(this.page.url(), `nobody sees that «${name}» has the focus: ${hidden}`);
      const isIt = words instanceof RegExp ? words.test(name) : name === words;
      if (isIt && tag !== 'BODY') return passed;
    }
    throw new Error(`«${words}» is not reached by ${key} at ${this.page.url()}: ${passed.join(' | ')}`);
  }

  /** Goes past the top of the page. */
  async skip() {
    await this.to('Skip to content');
    await this.page.keyboard.press('Enter');
    await this.page.waitForFunction(() => document.activeElement.id === 'content');
  }

  /** Goes to something in the page and types. */
  async fill(words, text) {
    await this.to(words);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
  }

  /** Goes to a box and ticks it. */
  async tick(words) {
    await this.to(words);
    await this.page.keyboard.press('Space');
    assert.ok(await this.page.evaluate(() => document.activeElement.checked), `${words} is ticked`);
  }

  /** Chooses one of several that only the arrows tell apart. */
  async choose(first, words) {
    await this.to(first);
    if (!(await this.focus()).name.startsWith(words)) await this.to(new RegExp(`^${words}`), 'ArrowDown');
    assert.ok(await this.page.evaluate(() => document.activeElement.checked), `${words} is chosen`);
  }

  /** Presses a key that leads to a page. */
  press(key, expected) {
    return this.person.meet(() => this.page.keyboard.press(key), expected);
  }

  /** Presses two keys, one after the other, that lead to a page. */
  go(key, expected) {
    const act = async () => {
      await this.page.keyboard.press('g');
      await this.page.keyboard.press(key);
    };
    return this.person.meet(act, expected);
  }

  /** Goes to something and presses Enter. */
  async enter(words, expected) {
    await this.to(words);
    return this.press('Enter', expected);
  }
}

/**
 * Runs in the page: what has the focus is called so, and it shows: it has an outline or a shadow, which goes with the focus, and
 * nothing covers it.
 */
function FOCUS() {
  const look = (element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
    const isClear = /^rgba\(.*, 0\)$|\/ 0\)$|^transparent$/.test(outlineColor);
    const outline = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && !isClear ? `${outlineWidth} ${outlineColor}` : '';
    return { outline, boxShadow, mark: `${outline} ${boxShadow}` };
  };
  const element = document.activeElement;
  const tidy = (words) => (words ?? '').replace(/\s+/g, ' ').trim();
  const labelled = (element.getAttribute('aria-labelledby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent)
    .join(' ');
  const name = [element.getAttribute('aria-label'), labelled, element.labels?.[0]?.textContent, element.textContent].map(tidy).find(Boolean);
  const answer = { name: element === document.body ? '' : (name ?? ''), tag: element.tagName, hidden: '' };
  const before = globalThis.focusedBefore;
  globalThis.focusedBefore = null;
  if (before?.element.isConnected && before.element !== element && look(before.element).mark === before.mark) {
    answer.hidden = `«${before.name}» looks the same without it`;
  }
  if (element === document.body) return answer;
  const { outline, boxShadow, mark } = look(element);
  if (!outline && boxShadow === 'none') answer.hidden = 'no outline and no shadow';
  globalThis.focusedBefore = { element, mark, name };
  const { left, top, right, bottom } = element.getBoundingClientRect();
  if (right - left < 1 || bottom - top < 1) answer.hidden = 'it has no size';
  const at = (x, y) => document.elementFromPoint(Math.min(Math.max(x, 1), innerWidth - 1), Math.min(Math.max(y, 1), innerHeight - 1));
  const points = [[(left + right) / 2, (top + bottom) / 2], [left + 2, top + 2], [right - 2, bottom - 2]];
  const isMet = points.some(([x, y]) => {
    const met = at(x, y);
    return met && (element.contains(met) || met.contains(element) || [...(element.labels ?? [])].some((label) => label.contains(met)));
  });
  if (!isMet) answer.hidden = 'something covers it';
  return answer;
}
