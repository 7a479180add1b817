// Texts of somebody who is no friend, wherever the console shows what others have stored or sent. Nothing runs, nothing becomes an
// element, and every letter is shown.
//
// The arrangement: there are 80 users. The attributes that are shown are numbered (PLACES); user `u` has in attribute `p` the payload
// `u + p`, counted around, and in a list eight values from there on. Each payload is a name of a user, of a group, its external id, a reason to
// lock, a filter, a User-Agent and a path of a PATCH request too: lists show them all. Of the pages of one thing, every eighth is opened:
// each payload is in each attribute that is a list, and in an eighth of the others. The fields in which operators type take turns (TYPED).
// It is a tenant of its own: nobody else sees it.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';

import { Eyes, GROUP_PAGES, PERSON_PAGES } from './eyes.mjs';
import { ENTERPRISE, GROUP, PASSWORD, USER, owner } from './owner.mjs';
import { PAYLOADS } from './payloads.mjs';
import { ROOT, eventually, operator } from './site.mjs';

const TENANT = 'hostile';
const BASE = `/t/${TENANT}`;
const CONSOLE = `${BASE}/console`;
const OWNER = 'hugo@hostile.example';
const COUNT = PAYLOADS.length;
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const parts = (names, of = '') => names.split(' ').map((name) => of + name);
const LISTS = parts('emails phoneNumbers ims photos entitlements roles');
/** Every attribute of a user that is shown. */
const PLACES = [
  ...parts('userName displayName nickName title userType profileUrl preferredLanguage locale timezone externalId'),
  ...parts('formatted familyName givenName middleName honorificPrefix honorificSuffix', 'name.'),
  ...LISTS.flatMap((list) => parts('value display type', `${list}.`)),
  ...parts('formatted streetAddress locality region postalCode country type', 'addresses.'),
  ...parts('employeeNumber costCenter organization division department', `${ENTERPRISE}.`),
];
/** What the form of a person does not have, and what is stored in small letters. */
const ELSEWHERE = /^externalId$|\.display$|^ims\.value$|^emails\.value$/;
/** Of the pages of one thing, each so many-th is opened. */
const STEP = 8;
/** How much of a text each field takes. */
const MOST = 60;

/** A payload, counted around. */
const payload = (number) => PAYLOADS[number % COUNT];

/** A user of whom each attribute is what `text` says of its number; of a list, the numbers from there on. */
function person(text) {
  const user = { schemas: [USER, ENTERPRISE] };
  for (const [number, place] of PLACES.entries()) {
    const [, above, name] = /^(?:(.*)\.)?(.*)$/.exec(place);
    if (above === 'addresses' || LISTS.includes(above)) {
      user[above] ??= [...Array(STEP)].map(() => ({}));
      for (const [further, one] of user[above].entries()) one[name] = text(number + further);
    } else if (above) {
      (user[above] ??= {})[name] = text(number);
    } else {
      user[name] = text(number);
    }
  }
  return user;
}

export async function hostile(browser, inspection) {
  assert.deepEqual([COUNT, new Set(PAYLOADS).size], [80, 80]);
  await operator('tenant', 'create', TENANT);
  await operator('connection', 'create', 'evil', '--tenant', TENANT);
  const client = new Client(await operator('token', 'create', '--tenant', TENANT, '--connection', 'evil'));
  const hugo = await owner(browser, inspection, 'Hugo', OWNER, { javaScriptEnabled: true, tenant: TENANT });
  await hugo.open(CONSOLE, { path: `${BASE}/sign-in`, heading: 'Sign in' });
  await hugo.signIn(OWNER, PASSWORD, { path: CONSOLE, heading: undefined, picture: 'dashboard' });
  await hugo.context.addInitScript(() => {
    globalThis.__ran = (number) => console.error(`a payload has run: ${number}`);
  });
  const eyes = new Eyes(hugo, CONSOLE);
  await seesHarmless(client, eyes);
  const { users, groups } = await store(client, eyes);
  await showsPeople(eyes, users);
  await showsGroups(eyes, groups);
  await showsLists(eyes);
  await showsRequests(eyes);
  await findsThem(eyes);
  await exportsThem(eyes);
  await typesThem(eyes, users, groups);
  await refusesOtherSites(hugo, users[0], groups[0]);
  await hugo.leave();
}

/** A provisioning client of the tenant. */
class Client {
  constructor(token) {
    this.token = token;
  }

  async ask(method, path, document, headers = {}) {
    const response = await fetch(`${ROOT}${BASE}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/scim+json', ...headers },
      body: document && JSON.stringify(document),
    });
    const text = await response.text();
    return { status: response.status, document: text ? JSON.parse(text) : null };
  }

  async make(path, document) {
    const { status, document: made } = await this.ask('POST', path, document);
    assert.equal(status, 201, `POST ${path} ${JSON.stringify(document).slice(0, 300)}: ${JSON.stringify(made)}`);
    return made.id;
  }
}

/** The pages with harmless values: of what they consist. */
async function seesHarmless(client, eyes) {
  const user = await client.make('/Users', person((number) => `plain words ${number}`));
  const group = await client.make('/Groups', { schemas: [GROUP], displayName: 'plain group', members: [{ value: user }] });
  assert.equal(await eyes.send(`/users/${user}/lock`, { confirm: 'yes', reason: 'plain reason' }), 200);
  await ask(client, user, (number) => `plain-${number}`);
  for (const type of TYPED) await type(eyes, 'plain words', user, group);
  await eyes.learn(user, group);
  await eyes.palette('plain');
  eyes.isLearning = false;
}

/** Requests of a client that are refused: a filter, a User-Agent and a path of a PATCH. */
async function ask(client, user, text) {
  const filter = encodeURIComponent(`nickName eq ${JSON.stringify(text(0))} and ${text(3)}`);
  // A header is bytes.
  const agent = Buffer.from(text(4)).toString('latin1').trim();
  await client.ask('GET', `/Users?filter=${filter}`, undefined, { 'user-agent': agent });
  const Operations = [{ op: 'replace', path: text(5), value: text(6) }];
  await client.ask('PATCH', `/Users/${user}`, { schemas: [PATCH], Operations }, { 'user-agent': agent });
}

/** Users, groups, locks and requests; answers the ids. */
async function store(client, eyes) {
  const all = [...PAYLOADS.keys()];
  const users = [];
  const groups = [];
  for (const number of all) users.push(await client.make('/Users', person((place) => payload(number + place))));
  for (const number of all) {
    const members = [{ value: users[number] }];
    groups.push(await client.make('/Groups', { schemas: [GROUP], displayName: payload(number), externalId: payload(number + 1), members }));
    // A reason is one line without a tabulator.
    const reason = payload(number + 2).replace('\t', ' ');
    assert.equal(await eyes.send(`/users/${users[number]}/lock`, { confirm: 'yes', reason }), 200);
    await ask(client, users[number], (more) => payload(number + more));
  }
  // Every page from now on says so at its top.
  await eyes.type('/settings/accounts', { 'accounts-title': payload(32) });
  assert.equal(await eyes.page.locator('.tenant').textContent(), payload(32));
  return { users, groups };
}

/** All of them stand there, each letter. */
function hasAll(text, where, some = PAYLOADS) {
  const missing = some.filter((each) => !text.includes(each.trim()));
  assert.deepEqual(missing, [], `${where}: not shown as they are`);
}

/** The pages of a person; besides the profile and its form, two others of each. */
async function showsPeople(eyes, users) {
  for (let number = 0; number < COUNT; number += STEP) {
    const id = users[number];
    const own = PLACES.map((place, at) => (ELSEWHERE.test(place) ? '' : payload(number + at)));
    hasAll(await eyes.visit(`/users/${id}`, '/users/user'), `user ${number}`, own.slice(0, 5));
    assert.equal(await eyes.page.locator('h1').textContent(), payload(number + 1));
    hasAll(await eyes.visit(`/users/${id}/edit`, '/users/user/edit'), `the form of user ${number}`, own);
    for (const turn of [0, 1]) {
      await eyes.visit(`/users/${id}${PERSON_PAGES[((2 * number) / STEP + turn) % PERSON_PAGES.length]}`);
    }
  }
  await eyes.person.open(`${CONSOLE}/users/${users[32]}`, { picture: 'user' });
  await eyes.person.open(`${CONSOLE}/users/${users[76]}/edit`, { picture: 'user-edit' });
}

async function showsGroups(eyes, groups) {
  for (let number = 1; number < COUNT; number += STEP) {
    await eyes.visit(`/groups/${groups[number]}`, '/groups/group');
    assert.equal(await eyes.page.locator('h1').textContent(), payload(number));
    await eyes.visit(`/groups/${groups[number]}${GROUP_PAGES[((number - 1) / STEP) % GROUP_PAGES.length]}`);
  }
}

async function showsLists(eyes) {
  hasAll(await eyes.list('/users'), 'the list of users');
  hasAll(await eyes.list('/users?state=locked'), 'those who are locked');
  hasAll(await eyes.list('/groups'), 'the list of groups');
  await eyes.list('/audit');
  for (const list of ['users', 'groups', 'audit', 'log']) await eyes.person.open(`${CONSOLE}/${list}`, { picture: list });
}

/** Requests with their explanations: what came, from what program, and what was answered. */
async function showsRequests(eyes) {
  const entries = await eyes.entries();
  assert.ok(entries.length > 4 * COUNT, `${entries.length} requests`);
  // Of the sorts of requests that come in turns, now one and now another.
  const shown = entries.filter((_, number) => number % 15 === 0);
  for (const address of shown) await eyes.visit(address.replace(CONSOLE, ''));
}

/** By the page of the search, the lists, and the palette. */
async function findsThem(eyes) {
  for (const [number, each] of PAYLOADS.entries()) {
    if (number % STEP !== 2) continue;
    const place = ['/search?q=', '/users?q=', '/groups?q=', '/users?filter=', '/log?resource='][((number - 2) / STEP) % 5];
    const text = await eyes.visit(place + encodeURIComponent(each));
    assert.ok(text.includes(each.trim()), `${place} says what is sought: ${each}`);
    const offered = await eyes.palette(each);
    assert.ok(offered.includes(each), `the palette offers ${each}: ${offered}`);
  }
}

/** What is downloaded is never a page, and no cell of a sheet is a formula. */
async function exportsThem(eyes) {
  const sheet = await eyes.download('/users/export');
  assert.equal(sheet.status, 200);
  assert.match(sheet.type, /^text\/csv/);
  assert.match(sheet.disposition, /^attachment/);
  const cells = [...sheet.text.matchAll(/(?:^|,|\r\n)("(?:[^"]|"")*"|[^,"\r\n]*)/g)].map(([, cell]) => cell.replace(/^"|"$/g, ''));
  assert.ok(cells.length > 5 * COUNT);
  assert.deepEqual(cells.filter((cell) => /^[=+@\t\r-]/.test(cell)), [], 'a formula');
  const lines = await eyes.download('/audit/export');
  assert.match(lines.type, /^application\/jsonl/);
  assert.match(lines.disposition, /^attachment/);
  for (const line of lines.text.trim().split('\n')) JSON.parse(line);
}

/** Where an operator types: what comes after says what was typed. */
const TYPED = [
  async (eyes, text) => {
    await eyes.type('/users/new', { username: 'typed@hostile.example', given: text, family: text });
    await eyes.goOn({});
    return eyes.look();
  },
  (eyes, text) => eyes.type('/groups/new', { name: text }),
  (eyes, text, user) => eyes.type(`/users/${user}/delete`, { typed: text }),
  (eyes, text, user, group) => eyes.type(`/groups/${group}/edit`, { name: `${text}.` }),
  async (eyes, text) => {
    await eyes.page.goto(`${ROOT}${CONSOLE}/connections/new`);
    await eyes.page.locator('[name="profile"]').first().check();
    return eyes.goOn({ name: text });
  },
  (eyes, text) => eyes.type('/settings/accounts', { 'accounts-title': text }),
  (eyes, text) => eyes.type('/workbench', { path: `/Users?filter=${text}`, body: text }),
  (eyes, text) => eyes.type('/users/import', { sheet: `username,givenname\n"${text.replaceAll('"', '""')}",x` }),
  async (eyes, text) => {
    await eyes.type('/attributes/new', { name: `h${Date.now()}`, description: text });
    await eyes.goOn({});
    return eyes.goOn({ 'label-en': text });
  },
];

/** Two payloads for each field, others each time. */
async function typesThem(eyes, users, groups) {
  for (const [field, type] of TYPED.entries()) {
    for (let number = field; number < COUNT; number += 40) {
      const text = await type(eyes, payload(number), users[number + 1] ?? users[0], groups[number]);
      assert.ok(text.includes(payload(number).trim().slice(0, MOST)), `${eyes.page.url()} says what was typed: ${payload(number)}`);
    }
  }
}

const FORMS = (user, group) => [
  '/own/theme', '/prove', '/users/new', '/users/import', '/users/several/delete', `/users/${user}/edit`, `/users/${user}/lock`,
  `/users/${user}/delete`, `/users/${user}/reset`, `/users/${user}/groups`, '/groups/new', `/groups/${group}/members`,
  `/groups/${group}/delete`, '/operators/new', '/connections/new', '/connections/evil/tokens/new', '/connections/evil/freeze',
  '/connections/evil/delete', '/attributes/new', '/settings/accounts', '/workbench',
];

/** No other site has the console in a frame, and none sends its forms: whether the browser sends the cookie or not. */
async function refusesOtherSites(hugo, user, group) {
  const server = createServer((request, response) => {
    const target = decodeURIComponent(request.url.slice(2));
    response.setHeader('content-type', 'text/html');
    response.end(`<!DOCTYPE html><title>Win</title><link rel="icon" href="data:,"><iframe src="${target}"></iframe>
      <form method="post" action="${target}"><input name="confirm" value="yes"><input name="typed" value="x"><button>Win</button></form>`);
  });
  // A story that fails must not wait for it.
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve).unref());
  for (const host of ['127.0.0.1', 'localhost']) {
    const page = await hugo.context.newPage();
    for (const path of ['', ...FORMS(user, group)]) {
      const target = ROOT + CONSOLE + path;
      await page.goto(`http://${host}:${server.address().port}/?${encodeURIComponent(target)}`);
      const frame = page.frames().find((each) => each !== page.mainFrame());
      await eventually(`the refusal of ${target} in a frame of ${host}`, () => frame.url().startsWith('chrome-error:'));
      if (!path) continue;
      const [response] = await Promise.all([
        page.waitForResponse((each) => each.request().method() === 'POST'),
        page.getByRole('button', { name: 'Win' }).click(),
      ]);
      assert.equal(response.status(), 403, `POST ${path} from ${host}`);
      await hugo.inspection.headers(response);
    }
    await page.close();
  }
  server.close();
}
