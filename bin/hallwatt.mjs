#!/usr/bin/env node
// Starts the gateway's command line with Node 24, installing it first on a fresh machine. Plain JavaScript for old Node.js.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { installDependencies, node24, root } from './install.mjs'

installDependencies()
const child = spawn(node24(), [join(root, 'gateway', 'src', 'main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' })
// Ctrl-C reaches the child by itself (same process group); a supervisor's signal reaches only us.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
