// The table of operations, in the order in which the core numbers them. A row has the resource and its method, the ids of
// the path, the body, and after the question mark the options in addition to those of every call. A test in
// src/request/mod.rs holds each row equal to the row of the core.
export const OPERATIONS = [
  'groups.list ?q filter search after limit expand sortBy sortOrder fields',
  'groups.create profile ?ifExists',
  'groups.get groupId ?expand',
  'groups.replace groupId profile',
  'groups.delete groupId ?ifMissing',
  'groups.listApps groupId ?after limit',
  'groups.listUsers groupId ?search after limit expand',
  'groups.assignUser groupId userId',
  'groups.unassignUser groupId userId ?ifMissing',
  'groups.listOwners groupId ?search after limit',
  'groups.assignOwner groupId owner',
  'groups.deleteOwner groupId ownerId ?ifMissing',
  'rules.list ?search after limit expand',
  'rules.create rule',
  'rules.get ruleId ?expand',
  'rules.replace ruleId rule',
  'rules.delete ruleId ?removeUsers ifMissing',
  'rules.activate ruleId',
  'rules.deactivate ruleId',
  'users.list ?search filter q after limit sortBy sortOrder',
  'users.get idOrLogin',
  'users.listGroups idOrLogin ?after limit',
];
