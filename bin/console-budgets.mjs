// `npm run console:budgets`: what is promised about the web console, measured. Plain JavaScript for old Node.js.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { buildConsole, installDependencies, node24, root } from './install.mjs'

installDependencies()
if (!buildConsole()) process.exit(1)
const program = join(root, 'dashboards', 'console', 'test', 'console-budgets.ts')
process.exit(spawnSync(node24(), [program, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1)
