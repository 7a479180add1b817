// Eleven screens of an operator, without a script: each is used, and what it did is asked of the server.

import assert from 'node:assert/strict';

import { ACCOUNT, GROUP, PASSWORD, USER, made, members, named, owner, read } from './owner.mjs';
import { Person } from './person.mjs';
import { letter, scim } from './site.mjs';

const OWNER = 'sara@screens.example';
const NORA = 'nora@screens.example';
const OTTO = 'otto@screens.example';
const FIRST = 'Copper4!Lantern-Sea';
const SECOND = 'Amber6!Compass-Hill';

export async function screens(browser, inspection) {
  const sara = await owner(browser, inspection, 'Sara', OWNER);
  await sara.open('/console', { path: '/sign-in', heading: 'Sign in' });
  await sara.signIn(OWNER, PASSWORD, { path: '/console', heading: undefined, picture: 'dashboard' });
  const nora = await Person.arrive(browser, inspection, 'Nora');
  const id = await addsACustomer(sara, nora);
  const group = await createsAGroup(sara);
  await addsAMember(sara, group, id);
  await removesAMember(sara, group, id);
  await assignsGroups(sara, group, id);
  await viewsAProfile(sara, id);
  await updatesAProfile(sara, id);
  await resetsThePassword(nora);
  await resetsThePasswordOf(sara, nora, id);
  await locks(sara, nora, id);
  await deletes(sara, nora, id);
  await nora.leave();
  await sara.leave();
}

/** Ticks the row with these words. */
function choose(person, words) {
  return person.page.getByRole('row').filter({ hasText: words }).getByRole('checkbox').check();
}

/** A new customer, who chooses a password; answers the id. */
async function addsACustomer(sara, nora) {
  await sara.open('/console/users/new', { heading: 'New user', picture: 'add-customer-user-form' });
  await sara.page.getByRole('radio', { name: 'Copy the invitation link' }).check();
  const fields = { 'E-mail address': NORA, 'First name (optional)': 'Nora', 'Last name (optional)': 'Lind' };
  await sara.send(fields, 'Continue', { says: 'Groups can be changed at any time.', picture: 'new-user-groups' });
  await sara.send({}, 'Continue', { says: ['Nothing is created yet.', 'Nora Lind'], picture: 'new-user-check' });
  assert.equal(await named('/Users', 'userName', NORA), null, 'nobody is there before the end');
  await sara.send({}, 'Create user', { status: 201, says: 'The account is there.', picture: 'new-user-created' });
  const { id, name, active } = await named('/Users', 'userName', NORA);
  assert.deepEqual([name.givenName, name.familyName, active], ['Nora', 'Lind', false], 'invited');
  const link = await sara.page.locator('#secret').textContent();
  await nora.open(link, { heading: 'Choose your password' });
  await nora.send({ 'New password': FIRST }, 'Save password', { heading: 'Sign in' });
  assert.equal((await read(`/Users/${id}`)).active, true, 'a password is chosen');
  await nora.signIn(NORA, FIRST);
  return id;
}

/** A group without members; answers the id. */
async function createsAGroup(sara) {
  await sara.open('/console/groups/new', { heading: 'New group', picture: 'create-new-group-form' });
  await sara.send({ Name: 'Screens: readers' }, 'Create group', {
    heading: 'Screens: readers',
    says: 'The group is created.',
    picture: 'group-created',
  });
  const { id } = await named('/Groups', 'displayName', 'Screens: readers');
  assert.deepEqual(await members(id), []);
  return id;
}

async function addsAMember(sara, group, id) {
  await sara.follow('Add members', { heading: 'Add members to Screens: readers', picture: 'members-to-add' });
  await sara.send({ 'Name or user name begins with': NORA }, 'Search', { picture: 'add-user-to-group-view' });
  await choose(sara, NORA);
  await sara.send({}, 'Continue', {
    heading: 'Change the members of Screens: readers?',
    says: NORA,
    picture: 'members-review',
  });
  assert.deepEqual(await members(group), [], 'nobody joins before the review');
  await sara.send({}, 'Add 1', { says: 'The members are changed.', picture: 'member-added' });
  assert.deepEqual(await members(group), [id]);
}

async function removesAMember(sara, group, id) {
  await sara.open(`/console/groups/${group}`, { says: NORA, picture: 'remove-user-from-group-view' });
  await choose(sara, NORA);
  await sara.send({}, 'Remove from the group…', {
    heading: 'Change the members of Screens: readers?',
    picture: 'members-review-removed',
  });
  assert.deepEqual(await members(group), [id], 'nobody leaves before the review');
  await sara.send({}, 'Remove 1', { says: 'The members are changed.', picture: 'member-removed' });
  assert.deepEqual(await members(group), []);
}

/** Two users join a group at once, and one of them a second one on the page of their own. */
async function assignsGroups(sara, group, id) {
  const other = await made('/Users', { schemas: [USER], userName: OTTO });
  const second = await made('/Groups', { schemas: [GROUP], displayName: 'Screens: writers' });
  await sara.open('/console/users', { heading: 'Users' });
  await sara.page.getByLabel('SCIM filter, as in the API').fill('userName ew "@screens.example"');
  await sara.send({}, 'Apply', { says: [NORA, OTTO], picture: 'users-found' });
  await choose(sara, NORA);
  await choose(sara, OTTO);
  await sara.send({}, 'Add to a group…', { heading: 'Add 2 users to a group', picture: 'assign-groups-to-users' });
  await sara.page.getByRole('radio', { name: 'Screens: readers' }).check();
  await sara.send({}, 'Continue', { says: 'Nothing has happened yet.', picture: 'assign-groups-check' });
  assert.deepEqual(await members(group), []);
  await sara.send({}, 'Add 2 users to a group', { says: '2 users are added to the group', picture: 'groups-assigned' });
  assert.deepEqual((await members(group)).sort(), [id, other].sort());

  await sara.open(`/console/users/${id}/groups`, { says: 'Screens: readers', picture: 'groups-of-user' });
  await sara.follow('Add to groups', { heading: 'Add Nora Lind to groups', picture: 'groups-to-join' });
  await sara.page.getByRole('searchbox', { name: 'Beginning of the name' }).fill('Screens: w');
  await sara.send({}, 'Search', { says: 'Screens: writers', picture: 'groups-to-join' });
  await choose(sara, 'Screens: writers');
  await sara.send({}, 'Review…', { says: 'Screens: writers', picture: 'groups-review' });
  await sara.send({}, 'Save', { says: 'Screens: writers', picture: 'groups-of-user' });
  const joined = (await read(`/Users/${id}`)).groups.map(({ value }) => value);
  assert.deepEqual(joined.sort(), [group, second].sort());
}

async function viewsAProfile(sara, id) {
  await sara.open('/console/users', { heading: 'Users' });
  await sara.send({ 'Name, user name or e-mail begins with': NORA }, 'Search', { says: 'One user', picture: 'users-found' });
  const { meta } = await read(`/Users/${id}`);
  const link = sara.page.getByRole('row').filter({ hasText: NORA }).getByRole('link').first();
  await sara.meet(() => link.click(), {
    path: `/console/users/${id}`,
    heading: 'Nora Lind',
    says: [NORA, 'Nora', 'Lind', id],
    picture: 'view-user-profile',
  });
  // To look is no change.
  assert.equal((await read(`/Users/${id}`)).meta.version, meta.version);
}

async function updatesAProfile(sara, id) {
  const before = (await read(`/Users/${id}`)).meta.version;
  await sara.follow('Edit', { heading: 'Edit Nora Lind', picture: 'update-user-profile' });
  await sara.page.locator('[name="title"]').fill('Head of Lanterns');
  await sara.page.locator('[name="phoneNumbers.0.value"]').fill('+49 30 1234567');
  await sara.page.locator('[name="phoneNumbers.0.type"]').selectOption('work');
  await sara.send({}, 'Save', { path: `/console/users/${id}`, says: 'Head of Lanterns', picture: 'profile-updated' });
  const { title, name, phoneNumbers, meta } = await read(`/Users/${id}`);
  assert.equal(title, 'Head of Lanterns');
  assert.deepEqual([name.givenName, name.familyName], ['Nora', 'Lind'], 'what was not typed stays');
  assert.match(phoneNumbers[0].value, /30.?1234567/);
  assert.equal(phoneNumbers[0].type, 'work');
  assert.notEqual(meta.version, before);
}

/** The person has forgotten the password. */
async function resetsThePassword(nora) {
  await nora.send({}, 'Sign out', { heading: 'You are signed out' });
  await nora.open('/forgot', { heading: 'Reset your password', picture: 'reset-password' });
  await nora.send({ Username: NORA }, 'Send link', { heading: 'Check your mailbox' });
  const { links } = await letter(NORA, 'Reset your password at');
  await nora.open(links[0], { heading: 'Choose a new password' });
  await nora.send({ 'New password': SECOND }, 'Save password', { heading: 'Sign in' });
  await nora.cannotSignIn(NORA, FIRST);
  await nora.signIn(NORA, SECOND);
}

/** The operator hands over a temporary one. */
async function resetsThePasswordOf(sara, nora, id) {
  await sara.open(`/console/users/${id}/reset`, {
    heading: 'Reset the password of Nora Lind',
    picture: 'reset-password-of-user',
  });
  await sara.page.getByRole('radio', { name: 'Set a temporary password' }).check();
  await sara.send({}, 'Reset password', { picture: 'temporary-password' });
  const temporary = await sara.page.locator('#secret').textContent();
  await nora.open('/account', { path: '/sign-in', heading: 'Sign in' });
  await nora.cannotSignIn(NORA, SECOND);
  await nora.signIn(NORA, temporary, { heading: 'Please change your password' });
  await nora.send({ 'Current password': temporary, 'New password': FIRST }, 'Save password', { heading: 'Profile' });
}

async function locks(sara, nora, id) {
  await sara.open(`/console/users/${id}/lock`, { heading: 'Lock Nora Lind?', picture: 'lock-user' });
  await sara.send({ 'Reason (optional)': 'A telephone was lost' }, 'Lock the account', {
    status: 400,
    says: 'Tick the box',
    picture: 'lock-refused',
  });
  assert.equal((await read(`/Users/${id}`))[ACCOUNT].locked ?? false, false, 'nobody is locked without a tick');
  await sara.page.getByLabel('I want to lock this account').check();
  await sara.send({}, 'Lock the account', { says: 'Locked', picture: 'locked' });
  const { locked, lockReason } = (await read(`/Users/${id}`))[ACCOUNT];
  assert.deepEqual([locked, lockReason], [true, 'A telephone was lost']);
  await nora.open('/account', { path: '/sign-in', heading: 'Sign in' });
  await nora.cannotSignIn(NORA, FIRST);
  await sara.open(`/console/users/${id}/unlock`, { heading: 'Unlock Nora Lind?', picture: 'unlock-user' });
  await sara.send({}, 'Unlock the account', { says: 'Active', picture: 'unlocked' });
  assert.equal((await read(`/Users/${id}`))[ACCOUNT].locked ?? false, false);
  await nora.signIn(NORA, FIRST);
}

async function deletes(sara, nora, id) {
  await sara.open(`/console/users/${id}/delete`, { heading: 'Delete Nora Lind?', picture: 'delete-user' });
  await sara.send({ 'Type the user name to confirm': 'nora' }, 'Delete for good', { status: 400, picture: 'delete-refused' });
  await read(`/Users/${id}`);
  await sara.send({ 'Type the user name to confirm': NORA }, 'Delete for good', { heading: 'Users', picture: 'deleted' });
  assert.equal((await scim('GET', `/Users/${id}`)).status, 404);
  await nora.open('/account', { path: '/sign-in', heading: 'Sign in' });
  await nora.cannotSignIn(NORA, FIRST);
  await sara.open('/console/users?state=deleted', { says: NORA, picture: 'users-deleted' });
}
