// Registering, other sites, stored payloads, and a keyboard without a mouse.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';

import { Person } from './person.mjs';
import { NAMED_ROOT, ROOT, letter, letters, operator, scim } from './site.mjs';

const PASSWORD = 'Meadow5%Compass';
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** A person with a password, as a provisioning client makes one; answers the id. */
async function provisioned(userName, more = {}) {
  const made = await scim('POST', '/Users', { schemas: [USER], userName, password: PASSWORD, ...more });
  assert.equal(made.status, 201, JSON.stringify(made.document));
  return made.document.id;
}

/** Gives attributes of a user a value. */
function change(id, paths, value) {
  const operations = paths.map((path) => ({ op: 'replace', path, value }));
  return scim('PATCH', `/Users/${id}`, { schemas: [PATCH], Operations: operations });
}

export async function registration(browser, inspection) {
  const BEN = 'ben@example.com';
  const ben = await Person.arrive(browser, inspection, 'Ben');
  await ben.open('/register', { status: 404, picture: 'registration-off' });
  await operator('tenant', 'update', 'default', '--set', 'registration.mode=on');
  await ben.open('/sign-in', { heading: 'Sign in', picture: 'sign-in-or-register' });
  await ben.follow('Create an account', { path: '/register', heading: 'Create an account' });
  await ben.send({ 'E-mail address': 'ben', Password: 'short' }, 'Create account', {
    status: 400,
    heading: 'Create an account',
    says: ['Enter an e-mail address such as name@example.com.', 'at least 8 characters', 'a digit'],
    picture: 'register-refused',
  });
  const fields = {
    'E-mail address': BEN,
    'First name (optional)': 'Ben',
    'Last name (optional)': 'O’Neil',
    Password: PASSWORD,
  };
  await ben.send(fields, 'Create account', { heading: 'Check your mailbox', picture: 'registered' });
  const first = await ben.text();
  const { links } = await letter(BEN, 'Confirm your address for');
  assert.equal(links.length, 1);
  await ben.open('/sign-in', { heading: 'Sign in' });
  await ben.cannotSignIn(BEN, PASSWORD);
  await ben.open(links[0], { path: '/t/default/verify', heading: 'Confirm your address' });
  await ben.send({}, 'Confirm my address', { heading: 'Your address is confirmed' });
  await ben.follow('Sign in', { path: '/t/default/sign-in', heading: 'Sign in' });
  await ben.signIn(BEN, PASSWORD, { path: '/t/default/account' });
  await ben.open(links[0], { status: 404, heading: 'This link no longer works', picture: 'link-dead-verify' });

  const mallory = await Person.arrive(browser, inspection, 'Mallory');
  await mallory.open('/register', { heading: 'Create an account' });
  await mallory.send(fields, 'Create account', { heading: 'Check your mailbox', picture: 'registered' });
  assert.equal(await mallory.text(), first, 'that the address is taken shows');
  await letter(BEN, 'You already have an account');
  assert.equal(await letters(BEN), 2);

  await ben.open('/account/leave', { heading: 'Leave' });
  await ben.page.getByLabel('I want to deactivate my account').check();
  const form = ben.page.locator('form[action$="/account/deactivate"]');
  await form.locator('[name=current]').fill(PASSWORD);
  await ben.send({}, 'Deactivate account', {
    path: '/signed-out',
    heading: 'Your account has been deactivated',
    picture: 'deactivated',
  });
  await ben.open('/sign-in', { heading: 'Sign in' });
  await ben.cannotSignIn(BEN, PASSWORD);
  await ben.leave();
  await mallory.leave();
}

/** A site that sends its visitors' forms to another one. */
async function evilSite() {
  const server = createServer((request, response) => {
    const [, action] = /^\/\?to=(.*)$/.exec(request.url) ?? [];
    const target = decodeURIComponent(action ?? '');
    response.setHeader('content-type', 'text/html');
    response.end(`<!DOCTYPE html><title>Win</title><link rel="icon" href="data:,"><form method="post" action="${target}">
      <input name="username" value="victim@example.com"><input name="password" value="${PASSWORD}">
      <input name="current" value="${PASSWORD}"><input name="confirm" value="yes"><input name="all" value="others">
      <input name="language" value="ja"><input name="nickName" value="changed"><button>Win</button></form>`);
  });
  // A story that fails must not wait for it.
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve).unref());
  return server;
}

const FORMS = [
  '/sign-in',
  '/sign-out',
  '/account',
  '/account/password',
  '/account/language',
  '/account/sessions',
  '/account/deactivate',
  '/account/delete',
  '/t/default/account/delete',
];

export async function otherSites(browser, inspection) {
  const VICTIM = 'victim@example.com';
  const victim = await Person.arrive(browser, inspection, 'the victim');
  // Nobody else looks after this account: its holder could delete it.
  const link = await operator('user', 'create', VICTIM, '--onboarding', 'link');
  await victim.open(link, { heading: 'Choose your password' });
  await victim.send({ 'New password': PASSWORD }, 'Save password', { heading: 'Sign in' });
  await victim.signIn(VICTIM, PASSWORD);
  const found = await scim('GET', `/Users?filter=${encodeURIComponent(`userName eq "${VICTIM}"`)}`);
  const [{ id }] = found.document.Resources;
  const before = (await scim('GET', `/Users/${id}`)).document.meta.version;
  const server = await evilSite();
  // The same site by another port, and another site: the first one's requests carry the cookie.
  for (const host of ['127.0.0.1', 'localhost']) {
    const page = await victim.context.newPage();
    for (const path of FORMS) {
      await page.goto(`http://${host}:${server.address().port}/?to=${encodeURIComponent(ROOT + path)}`);
      const [response] = await Promise.all([
        page.waitForResponse((each) => each.request().method() === 'POST'),
        page.getByRole('button', { name: 'Win' }).click(),
      ]);
      const { origin, 'sec-fetch-site': site } = await response.request().allHeaders();
      const where = `POST ${path} from ${host} (origin ${origin}, ${site})`;
      assert.equal(response.status(), 403, where);
      assert.equal((await response.allHeaders())['set-cookie'], undefined, `${where} sets a cookie`);
      await inspection.headers(response);
    }
    await page.close();
  }
  server.close();
  await victim.follow('Password', { path: '/t/default/account/password', heading: 'Password' });
  const after = await scim('GET', `/Users/${id}`);
  assert.equal(after.document.meta.version, before, 'something was changed');
  await victim.leave();
}

const PAYLOADS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg onload=alert(1)>",
  '</title><script>alert(1)</script>',
  '</bdi></p></form><script>alert(1)</script>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '" autofocus onfocus=alert(1) x="',
  "' onmouseover='alert(1)",
  '{{7*7}}${7*7}<%= 7*7 %>#{7*7}',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#x3c;script&#x3e;alert(1)',
  '\u202Egnp.exe\u2066 left to right',
  '<base href="https://evil.example/"><a href="x">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<style>*{display:none}</style>',
  'Zażółć 日本語 العربية עברית 🏳️‍🌈 e\u0301\u0327',
  '<!-- --><![CDATA[ ]]> <plaintext>',
  'W'.repeat(10_000),
];
/** Those whose pictures are worth a look: markup, direction, many scripts, length. */
const PICTURED = new Set([1, 13, 17, 19]);

export async function payloads(browser, inspection) {
  const EVE = 'eve@example.com';
  assert.equal(PAYLOADS.length, 20);
  const id = await provisioned(EVE);
  const groups = [];
  // With scripts: nothing of what is stored may run.
  const eve = await Person.arrive(browser, inspection, 'Eve', { javaScriptEnabled: true });
  await eve.signIn(EVE, PASSWORD);
  for (const [number, payload] of PAYLOADS.entries()) {
    // What is indexed is shorter.
    const isLong = payload.length > 1_000;
    const paths = ['nickName', 'title', ...(isLong ? [] : ['name.givenName', 'name.familyName', 'displayName'])];
    const changed = await change(id, paths, payload);
    assert.equal(changed.status, 200, `payload ${number}: ${JSON.stringify(changed.document)?.slice(0, 300)}`);
    // An address of the web is refused or kept; in a page it is never one to follow.
    await change(id, ['profileUrl'], payload);
    if (!isLong) {
      const made = await scim('POST', '/Groups', { schemas: [GROUP], displayName: payload, members: [{ value: id }] });
      assert.equal(made.status, 201, `payload ${number}: ${JSON.stringify(made.document)?.slice(0, 300)}`);
      groups.push(payload);
    }
    await eve.open('/account', { path: '/account', heading: 'Profile', picture: PICTURED.has(number) ? `payload-${number}` : 'payload' });
    const shown = await eve.page.locator('.who bdi').textContent();
    if (!isLong) assert.equal(shown, payload, `payload ${number} as a name`);
    for (const path of paths) {
      const field = eve.page.locator(`[name="${path}"]`);
      if (await field.count()) assert.equal(await field.inputValue(), payload, `payload ${number} in ${path}`);
    }
    await inspection.check(eve.page, `payload ${number}`);
    // What takes the focus or the mouse would run now.
    await eve.page.locator('.who bdi').hover();
    await eve.page.keyboard.press('Tab');
  }
  await eve.open('/account/groups', { heading: 'My access', picture: 'payload-groups' });
  const names = await eve.page.locator('.rows bdi').allTextContents();
  assert.deepEqual(names.sort(), groups.sort(), 'the groups as they are called');
  await eve.open('/account/sessions', { heading: 'Sessions', picture: 'payload-sessions' });
  await eve.leave();

  // A browser is called what its visitor says.
  const agent = '<script>alert(1)</script>"><img src=x onerror=alert(1)>';
  const odd = await Person.arrive(browser, inspection, 'an odd browser', { javaScriptEnabled: true, userAgent: agent });
  await odd.signIn(EVE, PASSWORD);
  await odd.open('/account/sessions', { heading: 'Sessions', picture: 'payload-agent' });
  // Addresses that a letter or another site may lead to.
  for (const query of ['next=javascript:alert(1)', 'next=//evil.example', 'notice=<script>alert(1)</script>', 'lang="><b>']) {
    await odd.open(`/account/leave?${query}`, { heading: 'Leave' });
    await odd.open(`/signed-out?why=<script>alert(1)</script>&${query}`, { heading: 'You are signed out' });
  }
  await odd.open('/account', { heading: 'Profile', picture: 'payload-last' });
  await odd.leave();
}

const FOCUSED = () => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  const words = element.labels?.[0]?.textContent ?? element.textContent;
  const isShown = (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
  return { words: words.trim(), tag: element.tagName, isShown };
};

/** Presses the key until what has the focus is called so; whatever has it on the way must be seen to. */
async function tabTo(page, words) {
  const passed = [];
  for (let count = 0; count < 40; count += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(FOCUSED);
    passed.push(focused.words);
    if (focused.tag === 'BODY') continue;
    assert.ok(focused.isShown, `nobody sees that «${focused.words}» has the focus`);
    if (focused.words === words) return passed;
  }
  throw new Error(`«${words}» is not reached by the keyboard: ${passed.join(', ')}`);
}

/** A server of a house, by its name and without TLS: a browser says less of where a form comes from. */
export async function withoutTls(browser, inspection) {
  const LEE = 'lee@example.com';
  await provisioned(LEE);
  const context = await browser.newContext({ locale: 'en-GB', javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${NAMED_ROOT}/sign-in`);
  await page.getByLabel('Username', { exact: true }).fill(LEE);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  const [response] = await Promise.all([
    page.waitForResponse((each) => each.request().method() === 'POST'),
    page.getByRole('button', { name: 'Sign in' }).click(),
  ]);
  const { origin, 'sec-fetch-site': site } = await response.request().allHeaders();
  const where = `signing in at ${NAMED_ROOT} (origin ${origin}, ${site})`;
  if (response.status() !== 303) inspection.fault(where, `the answer is ${response.status()}, not 303`);
  await context.close();
}

export async function keyboard(browser, inspection) {
  const KIM = 'kim@example.com';
  const NEXT = 'Thunder6&Pillow';
  await provisioned(KIM, { name: { givenName: 'Kim', familyName: 'Tanaka' } });
  const kim = await Person.arrive(browser, inspection, 'Kim');
  const { page } = kim;
  const press = async (key, expected) => {
    await kim.meet(() => page.keyboard.press(key), expected);
    if (expected.status > 399) await page.locator('.summary:focus').waitFor();
  };
  await kim.open('/sign-in', { heading: 'Sign in' });
  assert.deepEqual(await tabTo(page, 'Skip to content'), ['Skip to content'], 'the way past the top comes first');
  await page.keyboard.press('Enter');
  assert.deepEqual(await tabTo(page, 'Username'), ['Username'], 'the first field comes after the skip link');
  await page.keyboard.type(KIM);
  await tabTo(page, 'Password');
  await page.keyboard.type('wrong');
  await press('Enter', { status: 401, heading: 'Sign in', picture: 'sign-in-refused' });
  // The summary has the focus; what follows is the form.
  assert.deepEqual(await tabTo(page, 'Username'), ['Username'], 'the form comes after the summary');
  assert.equal(await page.getByLabel('Username', { exact: true }).inputValue(), KIM);
  await tabTo(page, 'Password');
  await page.keyboard.type(PASSWORD);
  await press('Enter', { heading: 'Profile', path: '/account', says: 'Managed by default' });
  await tabTo(page, 'Password');
  await press('Enter', { heading: 'Password', path: '/account/password' });
  await tabTo(page, 'Current password');
  await page.keyboard.type(PASSWORD);
  await tabTo(page, 'New password');
  await page.keyboard.type('weak');
  await press('Enter', { status: 400, heading: 'Password', picture: 'password-refused' });
  const link = 'The new password breaks a rule: at least 8 characters.';
  assert.equal((await tabTo(page, link)).length, 1, 'the summary leads to the field');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.id === 'password');
  await page.keyboard.type(NEXT);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type(PASSWORD);
  await tabTo(page, 'New password');
  await press('Enter', { heading: 'Profile', path: '/account', says: 'Your password has been changed.' });
  await tabTo(page, 'Sign out');
  await press('Enter', { heading: 'You are signed out', path: '/signed-out' });
  await kim.open('/sign-in', { heading: 'Sign in' });
  await kim.cannotSignIn(KIM, PASSWORD);
  await kim.signIn(KIM, NEXT);
  await kim.leave();
}
