// Angular: a service lists, in a page that Angular's own builder made, with the package's types in a strict program.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';

import { visit } from '../e2e/browser.mjs';
import { ORG, project, ran, served, telling, toldIn, wentWell } from './project.mjs';
import { NODE, options, tool } from './slow/frameworks.mjs';

const FILES = {
  'angular.json': JSON.stringify({
    version: 1,
    projects: {
      console: {
        projectType: 'application',
        root: '',
        architect: {
          build: {
            builder: '@angular/build:application',
            options: {
              browser: 'src/main.ts',
              index: 'src/index.html',
              tsConfig: 'tsconfig.json',
              outputPath: 'dist',
            },
          },
        },
      },
    },
    cli: { analytics: false },
  }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      strict: true,
      target: 'ES2022',
      module: 'preserve',
      moduleResolution: 'bundler',
      experimentalDecorators: true,
      importHelpers: true,
      allowJs: true,
      types: [],
    },
    angularCompilerOptions: { strictTemplates: true },
    files: ['src/main.ts'],
  }),
  'src/index.html': `<!doctype html>
    <html lang="en">
      <head><base href="/" /><link rel="icon" href="data:," /><title>Console</title></head>
      <body><app-root></app-root></body>
    </html>`,
  'src/groups.service.ts': `
    import { Injectable } from '@angular/core';
    import { OktaGroups, bearer, type Group } from 'okta-groups';
    @Injectable({ providedIn: 'root' })
    export class GroupsService {
      readonly #client = new OktaGroups({ orgUrl: '${ORG}', auth: bearer('token') });
      all(): Promise<Group[]> {
        return this.#client.groups.list({ limit: 200 }).toArray({ max: 5000 });
      }
    }`,
  'src/tell.js': telling('export function tell() { globalThis.told = STORY; }'),
  'src/main.ts': `
    import { Component, inject, signal } from '@angular/core';
    import { bootstrapApplication } from '@angular/platform-browser';
    import { GroupsService } from './groups.service';
    import { tell } from './tell.js';
    @Component({ selector: 'app-root', template: '<p>{{ count() }} groups</p>' })
    class Root {
      readonly count = signal(0);
      constructor() {
        tell();
        inject(GroupsService).all().then((groups) => this.count.set(groups.length));
      }
    }
    bootstrapApplication(Root).catch((error: unknown) => console.error(error));`,
};

test('Angular lists in a service', async (t) => {
  const folder = await project(t, FILES, { here: 'slow' });
  await ran(folder, NODE, [tool('@angular/cli/bin/ng.js'), 'build'], options);
  const { url } = await served(join(folder, 'dist/browser'));
  const page = await visit(t, url, { refusals: [404] });
  wentWell(await toldIn(page));
  const shown = page.getByText(/^[1-9]\d* groups$/);
  await shown.waitFor();
  // Other tests have a group or two there, for a moment.
  assert.ok(Number.parseInt(await shown.textContent()) >= 1000);
});
