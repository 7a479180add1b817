// An operator's day with the keyboard alone. Whatever has the focus on the way is seen to have it.

import assert from 'node:assert/strict';

import { Hands } from './hands.mjs';
import { ACCOUNT, PASSWORD, USER, made, members, named, owner, read } from './owner.mjs';
import { ROOT, eventually, scim } from './site.mjs';

const OWNER = 'kira@flows.example';
const PAUL = 'paul@flows.example';
const QUINN = 'quinn@flows.example';
const PROOF = '/console/prove?next=/console/connections/new';

export async function flows(browser, inspection) {
  const paul = await made('/Users', { schemas: [USER], userName: PAUL, displayName: 'Paul Flow' });
  const kira = await owner(browser, inspection, 'Kira', OWNER, { javaScriptEnabled: true });
  const hands = new Hands(kira);
  await signsIn(hands);
  await finds(hands, paul);
  const quinn = await creates(hands);
  await edits(hands, quinn);
  await locks(hands, quinn);
  await resets(hands, quinn);
  const group = await groups(hands, paul);
  await regroups(hands, group, paul, quinn);
  const connection = await connects(hands);
  await explains(hands, connection);
  await deletes(hands, quinn);
  await reachesEverything(hands, paul, group);
  await kira.leave();
  await withoutScript(browser, inspection);
}

async function signsIn(hands) {
  await hands.person.open('/console', { path: '/sign-in', heading: 'Sign in' });
  await hands.fill('Username', OWNER);
  await hands.fill('Password', PASSWORD);
  await hands.press('Enter', { path: '/console', picture: 'dashboard' });
}

/** By the palette, by the field at the top, and by the filter of the list. */
async function finds(hands, paul) {
  const { page } = hands;
  await page.keyboard.press('Control+K');
  await page.locator('.palette input:focus').waitFor();
  await page.keyboard.type('paul@flo');
  await page.locator('.palette li', { hasText: PAUL }).waitFor();
  await hands.press('Enter', { path: `/console/users/${paul}`, heading: 'Paul Flow' });
  await page.keyboard.press('/');
  assert.equal((await hands.focus()).tag, 'INPUT');
  await page.keyboard.type('paul@flows');
  await hands.press('Enter', { path: '/console/search', says: PAUL, picture: 'search' });
  await hands.skip();
  await hands.enter('Paul Flow', { path: `/console/users/${paul}`, heading: 'Paul Flow' });
  // What keys there are is a key too.
  await page.keyboard.press('?');
  await page.locator('dialog[open] dl.keys').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
}

/** A user, step by step; answers the id. */
async function creates(hands) {
  await hands.go('u', { path: '/console/users', heading: 'Users' });
  await hands.skip();
  await hands.enter('New user', { path: '/console/users/new', heading: 'New user' });
  await hands.skip();
  await hands.fill('E-mail address', QUINN);
  await hands.fill(/^First name/, 'Quinn');
  await hands.fill(/^Last name/, 'Flow');
  await hands.choose(/^Send an invitation/, 'Set a temporary password');
  await hands.enter('Continue', { says: 'Groups can be changed at any time.', picture: 'new-user-groups' });
  await hands.skip();
  await hands.enter('Continue', { says: 'Nothing is created yet.', picture: 'new-user-check' });
  await hands.skip();
  await hands.enter('Create user', { status: 201, says: 'The account is there.', picture: 'new-user-created' });
  const { id } = await named('/Users', 'userName', QUINN);
  await hands.skip();
  await hands.enter('Open the user', { path: `/console/users/${id}`, heading: 'Quinn Flow' });
  return id;
}

async function edits(hands, quinn) {
  await hands.skip();
  await hands.enter('Edit', { heading: 'Edit Quinn Flow' });
  await hands.skip();
  await hands.fill(/^Nickname/, 'Q');
  await hands.enter('Save', { path: `/console/users/${quinn}`, heading: 'Quinn Flow', picture: 'edited' });
  assert.equal((await read(`/Users/${quinn}`)).nickName, 'Q');
}

async function locks(hands, quinn) {
  await hands.skip();
  await hands.enter('Lock…', { heading: 'Lock Quinn Flow?', picture: 'lock' });
  await hands.skip();
  await hands.fill(/^Reason/, 'On a journey');
  await hands.tick('I want to lock this account');
  await hands.enter('Lock the account', { says: 'Locked', picture: 'locked' });
  assert.equal((await read(`/Users/${quinn}`))[ACCOUNT].locked, true);
  // A row of the list has a menu.
  await hands.go('u', { path: '/console/users', heading: 'Users' });
  await hands.skip();
  await hands.fill('Name, user name or e-mail begins with', QUINN);
  await hands.press('Enter', { says: 'One user', picture: 'users-found' });
  await hands.skip();
  await hands.to(/^Actions for /);
  await hands.page.keyboard.press('Enter');
  await hands.enter('Unlock…', { heading: 'Unlock Quinn Flow?', picture: 'unlock' });
  await hands.skip();
  await hands.enter('Unlock the account', { says: 'Active', picture: 'unlocked' });
  assert.equal((await read(`/Users/${quinn}`))[ACCOUNT].locked ?? false, false);
}

async function resets(hands, quinn) {
  await hands.skip();
  await hands.to('More');
  await hands.page.keyboard.press('Enter');
  await hands.enter('Reset password…', { heading: 'Reset the password of Quinn Flow', picture: 'reset' });
  await hands.skip();
  await hands.choose(/^Send a link/, 'Set a temporary password');
  await hands.enter('Reset password', { picture: 'temporary-password' });
  const secret = await hands.page.locator('#secret').textContent();
  assert.match(secret, /^\S{16,}$/);
  await hands.skip();
  await hands.enter('Open the user', { path: `/console/users/${quinn}/sign-in`, picture: 'sign-in-of-user' });
}

/** A group with a member; answers the id. */
async function groups(hands, paul) {
  await hands.go('p', { path: '/console/groups', heading: 'Groups' });
  await hands.skip();
  await hands.enter('New group', { heading: 'New group' });
  await hands.skip();
  await hands.fill('Name', 'Flows: crew');
  await hands.fill('Name or user name begins with', PAUL);
  await hands.enter('Search', { says: PAUL, picture: 'new-group-found' });
  await hands.skip();
  await hands.tick(/^Paul Flow/);
  await hands.enter('Create group', { heading: 'Flows: crew', says: 'The group is created.', picture: 'group-created' });
  const { id } = await named('/Groups', 'displayName', 'Flows: crew');
  assert.deepEqual(await members(id), [paul]);
  return id;
}

async function regroups(hands, group, paul, quinn) {
  await hands.skip();
  await hands.enter('Add members', { heading: 'Add members to Flows: crew' });
  await hands.skip();
  await hands.fill('Name or user name begins with', QUINN);
  await hands.press('Enter', { says: QUINN, picture: 'members-found' });
  await hands.skip();
  await hands.tick(/^Add .*(Quinn|quinn)/);
  await hands.enter('Continue', { heading: 'Change the members of Flows: crew?', picture: 'review-added' });
  await hands.skip();
  await hands.enter('Add 1', { says: 'The members are changed.', picture: 'member-added' });
  assert.deepEqual((await members(group)).sort(), [paul, quinn].sort());
  await hands.skip();
  await hands.tick('Remove Paul Flow');
  await hands.enter('Remove from the group…', { heading: 'Change the members of Flows: crew?', picture: 'review-removed' });
  await hands.skip();
  await hands.enter('Remove 1', { says: 'The members are changed.', picture: 'member-removed' });
  assert.deepEqual(await members(group), [quinn]);
}

/** A connection and a second token, after the password has been typed once more; answers the connection's name. */
async function connects(hands) {
  const NAME = 'flows-keys';
  await hands.go('c', { path: '/console/connections', heading: 'Connections' });
  await hands.skip();
  await hands.enter('New connection', { path: '/console/connections/new', heading: 'New connection' });
  // Here whoever has signed in more than five minutes ago is led.
  await hands.person.open(PROOF, { heading: 'Confirm that it is you', picture: 'prove' });
  await hands.fill('Password', PASSWORD);
  await hands.press('Enter', { path: '/console/connections/new', heading: 'New connection' });
  await hands.skip();
  await hands.choose(/^authentik|^Any other client/, 'Okta');
  await hands.fill('Name', NAME);
  await hands.enter('Create connection', { says: 'Okta', picture: 'connection-created' });
  const first = await hands.page.locator('#token').textContent();
  await hands.skip();
  await hands.enter('Tokens', { path: `/console/connections/${NAME}/tokens`, picture: 'tokens' });
  await hands.skip();
  await hands.enter('New token', { heading: 'New token', picture: 'new-token' });
  await hands.skip();
  await hands.enter('Create token', { says: 'Copy it now', picture: 'token-created' });
  const second = await hands.page.locator('#token').textContent();
  assert.notEqual(first, second);
  for (const token of [first, second]) assert.equal(await asks(token, '/Users?count=1'), 200);
  await hands.skip();
  await hands.enter('I have copied it', { path: `/console/connections/${NAME}/tokens`, picture: 'tokens' });
  return { name: NAME, token: second };
}

/** Sends a request as the client of a connection; answers the status. */
async function asks(token, path) {
  const { status } = await fetch(`${ROOT}/scim/v2${path}`, { headers: { authorization: `Bearer ${token.trim()}` } });
  return status;
}

/** Why a request was refused. */
async function explains(hands, { name, token }) {
  const bad = `/Users?filter=${encodeURIComponent('userName is "kim"')}`;
  assert.equal(await asks(token, bad), 400);
  await eventually('the request in the log', async () => {
    await hands.go('l', { path: '/console/log', heading: 'Provisioning log' });
    return (await hands.person.text()).includes(name);
  });
  await hands.skip();
  await hands.enter('Refused', { path: '/console/log', says: name, picture: 'log-refused' });
  await hands.skip();
  await hands.enter(/^\d+$/, { says: ['Explained', 'Refused', 'userName is "kim"'], picture: 'log-entry' });
  await hands.skip();
  await hands.to('As a curl command');
  await hands.page.keyboard.press('Enter');
  await hands.page.locator('#curl', { hasText: 'curl' }).waitFor();
}

async function deletes(hands, quinn) {
  await hands.person.open(`/console/users/${quinn}`, { heading: 'Quinn Flow' });
  await hands.skip();
  await hands.to('More');
  await hands.page.keyboard.press('Enter');
  await hands.enter('Delete…', { heading: 'Delete Quinn Flow?', picture: 'delete' });
  await hands.skip();
  await hands.fill('Type the user name to confirm', 'quinn');
  await hands.press('Enter', { status: 400, heading: 'Delete Quinn Flow?', picture: 'delete-refused' });
  await hands.page.locator('.notice[autofocus]:focus').waitFor();
  await hands.fill('Type the user name to confirm', QUINN);
  await hands.enter('Delete for good', { path: '/console/users', heading: 'Users', picture: 'deleted' });
  assert.equal((await scim('GET', `/Users/${quinn}`)).status, 404);
}

/** Whatever can be used on these pages is come by with Tab, besides what a group of radio buttons leaves to the arrows. */
async function reachesEverything(hands, paul, group) {
  const pages = [
    '/console', '/console/users', '/console/users/new', `/console/users/${paul}`, `/console/users/${paul}/edit`,
    `/console/users/${paul}/sign-in`, `/console/groups/${group}`, '/console/connections/new', '/console/connections/flows-keys/settings',
    '/console/log', '/console/audit', '/console/attributes/new', '/console/workbench', '/console/settings',
  ];
  for (const address of pages) {
    await hands.person.open(address, { picture: 'everything' });
    const expected = await hands.page.evaluate(() => {
      const all = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]';
      globalThis.unreached = new Set([...document.querySelectorAll(all)].filter((element) => {
        if (!element.checkVisibility({ visibilityProperty: true }) || element.disabled) return false;
        return element.type !== 'radio' || element.checked;
      }));
      return globalThis.unreached.size;
    });
    assert.ok(expected > 15, `${address} has ${expected} controls`);
    for (let count = 0; count < expected + 10; count += 1) {
      const { name, hidden } = await hands.after('Tab');
      if (hidden) hands.person.inspection.fault(address, `nobody sees that «${name}» has the focus: ${hidden}`);
      if ((await hands.page.evaluate(() => globalThis.unreached.delete(document.activeElement) && globalThis.unreached.size)) === 0) break;
    }
    const left = await hands.page.evaluate(() => [...globalThis.unreached].map((element) => element.outerHTML.slice(0, 160)));
    for (const what of left) hands.person.inspection.fault(address, `not reached by the keyboard: ${what}`);
  }
}

/** What stories without a script leave out: a connection, a token, and the log. */
async function withoutScript(browser, inspection) {
  const LEO = 'leo@flows.example';
  const leo = await owner(browser, inspection, 'Leo', LEO);
  await leo.open('/console/connections/new', { path: '/sign-in', heading: 'Sign in' });
  await leo.signIn(LEO, PASSWORD, { path: '/console/connections/new', heading: 'New connection' });
  await leo.open(PROOF, { heading: 'Confirm that it is you', picture: 'prove' });
  await leo.send({ Password: 'wrong' }, 'Continue', { status: 400, says: 'This is not your password.', picture: 'prove-refused' });
  await leo.send({ Password: PASSWORD }, 'Continue', { path: '/console/connections/new', heading: 'New connection' });
  await leo.page.getByRole('radio', { name: 'Microsoft Entra ID' }).check();
  await leo.send({ Name: 'flows-hands' }, 'Create connection', { picture: 'connection-created' });
  const token = await leo.page.locator('#token').textContent();
  assert.equal(await asks(token, '/Users?count=1'), 200);
  await leo.follow('Tokens', { path: '/console/connections/flows-hands/tokens', picture: 'tokens' });
  await leo.follow('New token', { heading: 'New token', picture: 'new-token' });
  await leo.send({}, 'Create token', { says: 'Copy it now', picture: 'token-created' });
  assert.equal(await asks(await leo.page.locator('#token').textContent(), '/Users?count=1'), 200);
  await leo.open('/console/log?connection=flows-hands', { heading: 'Provisioning log', picture: 'log-of-connection' });
  await leo.meet(() => leo.page.locator('main tbody a').first().click(), { says: 'Explained', picture: 'log-entry' });
  await leo.leave();
}
