// People's lives in a real browser; started by tests/browser.rs, which says in the environment where everything is.

import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { life } from './account.mjs';
import { operators } from './console.mjs';
import { hostile } from './hostile.mjs';
import { Inspection } from './inspection.mjs';
import { flows } from './keys.mjs';
import { keyboard, otherSites, payloads, registration, withoutTls } from './others.mjs';
import { screens } from './screens.mjs';
import { CHROMIUM, NAME, PACKAGES, PICTURES } from './site.mjs';

/** The long ones come first. */
const STORIES = { hostile, operators, flows, life, screens, payloads, registration, otherSites, keyboard, withoutTls };
/** Those that are about the console. */
const OF_CONSOLE = ['operators', 'screens', 'flows', 'hostile'];
const LIMIT = 1_200_000;

const { chromium } = createRequire(`${PACKAGES}/`)('playwright-core');

/** Tells one story; answers what went wrong. */
async function tell(browser, name) {
  const start = Date.now();
  const inspection = await Inspection.begin(browser, name, OF_CONSOLE.includes(name));
  let wrong = [];
  try {
    await STORIES[name](browser, inspection);
  } catch (error) {
    wrong = [error.stack];
    await inspection.keep('failed');
  }
  await inspection.done();
  const { visited, different, faults } = inspection;
  console.log(`${name}: ${visited} pages, ${different} of them different, ${Date.now() - start} ms`);
  return [...wrong, ...faults].map((what) => `${name}: ${what}`);
}

setTimeout(() => {
  console.error(`it takes longer than ${LIMIT / 1000} s`);
  process.exit(1);
}, LIMIT).unref();

await rm(PICTURES, { recursive: true, force: true });
await mkdir(PICTURES, { recursive: true });
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    `--host-resolver-rules=MAP ${NAME} 127.0.0.1`,
    ...(process.getuid() === 0 ? ['--no-sandbox'] : []),
  ],
});
const named = process.argv.slice(2);
const names = named.length > 0 ? named : Object.keys(STORIES);
// Two at a time: much of a story is waiting.
const wrong = [];
const work = async () => {
  for (let name = names.shift(); name; name = names.shift()) wrong.push(...(await tell(browser, name)));
};
await Promise.all([work(), work()]);
await browser.close();
for (const what of wrong) console.error(`WRONG ${what}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
