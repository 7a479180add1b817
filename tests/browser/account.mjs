// One person's account from the invitation to the end of it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { Person } from './person.mjs';
import { ROOT, letter, letters, operator, scim } from './site.mjs';

const ANNA = 'anna.berg@example.com';
/** Letters lead to the tenant by its name; the same pages are at the root for this tenant. */
const BASE = '/t/default';

const FIRST = 'Harbour7*Lantern';
const SECOND = 'Orchard4#Window';
const THIRD = 'Glacier9@Violin';

/** What each rule of the preset says that a password of one hyphen breaks. */
const BROKEN = [
  'at least 8 characters',
  'an upper-case letter',
  'a lower-case letter',
  'a digit',
  'one of the characters ! @ # $ % * &',
].map((rule) => `The new password breaks a rule: ${rule}.`);

export async function life(browser, inspection) {
  const anna = await Person.arrive(browser, inspection, 'Anna');
  const phone = await Person.arrive(browser, inspection, "Anna's telephone");
  const id = await isInvited();
  await choosesAPassword(anna);
  await changesTheProfile(anna, phone, id);
  await isLocked(anna, phone);
  await endsSessions(anna, phone);
  await losesTheWay(phone);
  await forgetsThePassword(anna, phone);
  await getsATemporaryPassword(anna);
  await speaksGerman(anna);
  await takesTheData(anna, id);
  await leaves(anna, id);
  await anna.leave();
  await phone.leave();
}

async function isInvited() {
  const id = await operator('user', 'create', ANNA, '--given', 'Anna', '--family', 'Berg', '--language', 'en');
  assert.match(id, /^[0-9a-f-]{36}$/);
  return id;
}

/** The link of a letter; it is the same in the text and in the HTML, and leads to this server. */
async function linkOf(address, subject, page) {
  const { links, html, headers } = await letter(address, subject);
  assert.equal(links.length, 1, `links in «${subject}»: ${links}`);
  const [link] = links;
  assert.ok(link.startsWith(`${ROOT}${BASE}/${page}/`), link);
  assert.ok(html.includes(link), 'the HTML has another link');
  assert.doesNotMatch(html, /<script|<img|<form|javascript:/i);
  assert.equal(headers['auto-submitted'], 'auto-generated');
  return link;
}

async function choosesAPassword(anna) {
  const link = await linkOf(ANNA, 'Your invitation to', 'invite');
  // A program that looks through mail follows links; that uses nothing up.
  for (const method of ['GET', 'HEAD', 'GET']) {
    const { status } = await fetch(link, { method, redirect: 'manual' });
    assert.equal(status, 303, `${method} of a link`);
  }
  await anna.open(link, {
    path: `${BASE}/invite`,
    heading: 'Choose your password',
    says: ['at least 8 characters', 'one of the characters ! @ # $ % * &'],
  });
  await anna.send({ 'New password': '' }, 'Save password', {
    status: 400,
    heading: 'Choose your password',
    says: 'Enter a new password.',
    picture: 'password-missing',
  });
  await anna.send({ 'New password': '-' }, 'Save password', {
    status: 400,
    heading: 'Choose your password',
    says: BROKEN,
    picture: 'password-weak',
  });
  await anna.send({ 'New password': `aA1*${'x'.repeat(125)}` }, 'Save password', {
    status: 400,
    heading: 'Choose your password',
    says: 'The new password breaks a rule: at most 128 characters.',
    picture: 'password-long',
  });
  await anna.send({ 'New password': FIRST }, 'Save password', {
    path: `${BASE}/sign-in`,
    heading: 'Sign in',
    says: 'Your password has been saved. You can sign in now.',
    picture: 'password-saved',
  });
  await anna.send({}, 'Sign in', {
    status: 400,
    heading: 'Sign in',
    says: ['Enter your username.', 'Enter your password.'],
    picture: 'sign-in-empty',
  });
  await anna.cannotSignIn(ANNA, 'Harbour7*Lanterns');
  await anna.signIn(ANNA, FIRST, { path: `${BASE}/account` });
  const name = await anna.page.locator('.who bdi').textContent();
  if (name !== 'Anna Berg') anna.inspection.fault('profile', `Anna Berg, who has no displayName, is called ${name}`);
  await anna.open(link, {
    status: 404,
    heading: 'This link no longer works',
    says: 'If you have already chosen your password, you can sign in.',
  });
}

async function changesTheProfile(anna, phone, id) {
  // At the root this time: both are the same tenant.
  await phone.open('/account', { path: '/sign-in', heading: 'Sign in', picture: 'sign-in-first' });
  await phone.signIn(ANNA, FIRST, { path: '/account' });

  await anna.open(`${BASE}/account`, { heading: 'Profile' });
  const given = anna.page.locator('[name="name.givenName"]');
  assert.equal(await given.inputValue(), 'Anna');
  await given.fill('Anna-Maria');
  const labels = await anna.page.locator('main label').allTextContents();
  assert.deepEqual(labels.slice(0, 2), ['First name', 'Last name'], 'the profile begins with the name');
  const called = anna.page.locator('[name="displayName"]');
  await called.fill('x'.repeat(2_000));
  const website = anna.page.locator('[name="profileUrl"]');
  await website.fill('anna.example');
  await anna.send({}, 'Save changes', {
    status: 400,
    heading: 'Profile',
    says: ['This value is not allowed here.', 'Web page: Enter a web address such as https://www.example.com.'],
    picture: 'profile-refused',
  });
  assert.equal(await given.inputValue(), 'Anna-Maria', 'what was typed is kept');
  assert.equal(await website.inputValue(), 'anna.example', 'what was typed is kept');
  await called.fill('Anna at the harbour');
  await website.fill('https://anna.example/');
  await anna.send({}, 'Save changes', {
    heading: 'Profile',
    says: ['Your changes have been saved.', 'Anna at the harbour'],
    picture: 'profile-saved',
  });
  await anna.send({}, 'Save changes', { heading: 'Profile', says: 'Nothing was changed.', picture: 'profile-same' });
  const { document } = await scim('GET', `/Users/${id}`);
  assert.equal(document.name.givenName, 'Anna-Maria');
  assert.equal(document.profileUrl, 'https://anna.example/');

  // The telephone still shows the profile as it was.
  await phone.page.locator('[name="name.givenName"]').fill('Annette');
  await phone.send({}, 'Save changes', {
    status: 409,
    heading: 'Profile',
    says: ['Somebody changed this profile at the same time', 'Anna-Maria', 'Annette'],
    picture: 'profile-conflict',
  });
  await phone.send({}, 'Save changes', {
    heading: 'Profile',
    says: 'Your changes have been saved.',
    picture: 'profile-conflict-saved',
  });
}

async function isLocked(anna, phone) {
  await operator('user', 'lock', ANNA, '--reason', 'the telephone was stolen');
  const says = 'You have been signed out. Please sign in again.';
  await anna.follow('My access', { path: `${BASE}/sign-in`, heading: 'Sign in', picture: 'locked', says });
  await phone.follow('Sessions', { path: '/sign-in', heading: 'Sign in', picture: 'locked', says });
  await anna.cannotSignIn(ANNA, FIRST);
  await operator('user', 'unlock', ANNA);
  // The page that was asked for comes after signing in.
  await anna.signIn(ANNA, FIRST, { path: `${BASE}/account/groups`, heading: 'My access' });
  await phone.signIn(ANNA, FIRST, { path: '/account/sessions', heading: 'Sessions' });
  assert.equal((await letter(ANNA, 'was locked')).links.length, 0);
}

async function endsSessions(anna, phone) {
  await phone.open('/account/sessions', {
    heading: 'Sessions',
    says: ['This session', 'Chrome on Linux'],
    picture: 'sessions-two',
  });
  assert.equal(await phone.page.locator('.rows > li').count(), 2, 'sessions');
  await phone.send({}, 'End all other sessions', {
    heading: 'Sessions',
    says: 'All other sessions have ended.',
    picture: 'sessions-ended',
  });
  await anna.follow('Password', { path: `${BASE}/sign-in`, heading: 'Sign in' });
  await anna.signIn(ANNA, FIRST, { path: `${BASE}/account/password`, heading: 'Password' });
  await phone.send({}, 'Sign out', { path: '/signed-out', heading: 'You are signed out' });
  await phone.follow('Sign in again', { path: '/sign-in', heading: 'Sign in' });
  await phone.signIn(ANNA, FIRST);
}

/** Addresses that nobody has written down right. */
async function losesTheWay(phone) {
  const unknown = { status: 404, heading: 'There is no such page', picture: 'no-such-page' };
  await phone.open('/account/pasword', unknown);
  await phone.follow('To the start page', { path: '/account', heading: 'Profile' });
  await phone.open('/t/nowhere', { ...unknown, picture: 'no-such-tenant' });
  for (const entrance of [BASE, `${BASE}/`, '/']) {
    const path = `${entrance === '/' ? '' : BASE}/account`;
    await phone.open(entrance, { path, heading: 'Profile' });
  }
}

async function forgetsThePassword(anna, phone) {
  await anna.send({}, 'Sign out', { path: `${BASE}/signed-out`, heading: 'You are signed out' });
  await anna.follow('Sign in again', { heading: 'Sign in' });
  await anna.follow('Forgot your password?', { path: `${BASE}/forgot`, heading: 'Reset your password' });
  await anna.send({}, 'Send link', {
    status: 400,
    heading: 'Reset your password',
    says: 'Enter your username.',
    picture: 'forgot-empty',
  });
  await anna.send({ Username: ANNA }, 'Send link', { heading: 'Check your mailbox', picture: 'forgot-sent' });
  const known = await anna.text();
  await anna.open('/forgot', { heading: 'Reset your password' });
  await anna.send({ Username: 'nobody@example.com' }, 'Send link', { heading: 'Check your mailbox' });
  assert.equal(await anna.text(), known, 'whether there is an account shows');

  const link = await linkOf(ANNA, 'Reset your password at', 'reset');
  await anna.open(link, { path: `${BASE}/reset`, heading: 'Choose a new password' });
  // Nothing has happened yet.
  await phone.follow('Profile', { path: '/account', heading: 'Profile' });
  await anna.send({ 'New password': SECOND }, 'Save password', {
    path: `${BASE}/sign-in`,
    heading: 'Sign in',
    says: 'Your password has been saved.',
  });
  await phone.follow('Sessions', { path: '/sign-in', heading: 'Sign in' });
  await anna.cannotSignIn(ANNA, FIRST);
  await anna.signIn(ANNA, SECOND, { path: `${BASE}/account` });
  await anna.open(link, { status: 404, heading: 'This link no longer works', picture: 'link-dead-reset' });
  await anna.follow('Get a new link', { path: `${BASE}/forgot`, heading: 'Reset your password' });
  assert.equal(await letters('nobody@example.com'), 0);
}

async function getsATemporaryPassword(anna) {
  const temporary = await operator('user', 'set-temporary-password', ANNA);
  assert.match(temporary, /^\S{16,}$/);
  await anna.open(`${BASE}/account`, { path: `${BASE}/sign-in`, heading: 'Sign in' });
  await anna.cannotSignIn(ANNA, SECOND);
  const must = { path: `${BASE}/account/password`, heading: 'Please change your password' };
  await anna.signIn(ANNA, temporary, must);
  for (const page of ['', '/sessions', '/groups', '/language', '/export', '/leave']) {
    await anna.open(`${BASE}/account${page}`, must);
  }
  await anna.send({ 'Current password': SECOND, 'New password': THIRD }, 'Save password', {
    ...must,
    status: 400,
    says: 'The current password is wrong.',
    picture: 'change-wrong',
  });
  await anna.send({ 'Current password': temporary, 'New password': temporary }, 'Save password', {
    ...must,
    status: 400,
    says: 'The new password must differ from the current one.',
    picture: 'change-same',
  });
  await anna.send({ 'Current password': temporary, 'New password': THIRD }, 'Save password', {
    path: `${BASE}/account`,
    heading: 'Profile',
    says: 'Your password has been changed.',
    picture: 'password-changed',
  });
  await letter(ANNA, 'was changed');
}

async function speaksGerman(anna) {
  await anna.follow('Language', { path: `${BASE}/account/language`, heading: 'Language' });
  await anna.page.getByLabel('Deutsch', { exact: true }).check();
  await anna.send({}, 'Save language', {
    path: `${BASE}/account/language`,
    heading: 'Sprache',
    says: ['Ihre Sprache ist gespeichert.', 'Angemeldet als', 'Abmelden'],
  });
  for (const heading of ['Profil', 'Passwort', 'Sitzungen', 'Mein Zugang', 'Konto aufgeben']) {
    await anna.follow(heading, { heading });
    assert.equal(await anna.page.locator('html').getAttribute('lang'), 'de');
    for (const english of ['Sign out', 'Save', 'Password', 'Username', 'Session', 'Delete', 'Group']) {
      assert.ok(!(await anna.text()).includes(english), `«${english}» on the page ${heading}`);
    }
  }
}

async function takesTheData(anna, id) {
  await anna.follow('Profil', { heading: 'Profil' });
  const [download] = await Promise.all([
    anna.page.waitForEvent('download'),
    anna.page.getByRole('link', { name: 'Meine Daten herunterladen' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'account.json');
  const text = await readFile(await download.path(), 'utf8');
  const data = JSON.parse(text);
  assert.equal(data.resource.id, id);
  assert.equal(data.resource.userName, ANNA);
  assert.equal(data.resource.name.familyName, 'Berg');
  assert.ok(data.sessions.length >= 1, 'no session in the export');
  assert.ok(data.history.length >= 1, 'no history in the export');
  for (const secret of [THIRD, '$argon2']) assert.ok(!text.includes(secret), `the export holds ${secret}`);
}

async function leaves(anna, id) {
  await anna.follow('Konto aufgeben', { path: `${BASE}/account/leave`, heading: 'Konto aufgeben' });
  const form = anna.page.locator('form[action$="/account/delete"]');
  const fill = async (username, password) => {
    await form.locator('[name=username]').fill(username);
    await form.locator('[name=current]').fill(password);
  };
  const button = 'Konto endgültig löschen';
  await fill('anna', THIRD);
  await anna.send({}, button, {
    status: 400,
    heading: 'Konto aufgeben',
    says: 'Das ist nicht Ihr Benutzername.',
    picture: 'delete-mismatch',
  });
  await fill(ANNA, SECOND);
  await anna.send({}, button, { status: 400, heading: 'Konto aufgeben', picture: 'delete-wrong-password' });
  await fill(ANNA, THIRD);
  await anna.send({}, button, {
    path: `${BASE}/signed-out`,
    heading: 'Ihr Konto wurde gelöscht',
    says: 'Sie sind abgemeldet.',
    picture: 'deleted',
  });
  // The choice of the language stays with the browser.
  await anna.open(`${BASE}/account`, { path: `${BASE}/sign-in`, heading: 'Anmelden' });
  await anna.open(`${BASE}/sign-in?lang=en`, { heading: 'Sign in' });
  await anna.cannotSignIn(ANNA, THIRD);
  assert.equal((await scim('GET', `/Users/${id}`)).status, 404);
  assert.ok((await operator('user', 'deleted')).includes(ANNA), 'the command line lists who was deleted');
}
