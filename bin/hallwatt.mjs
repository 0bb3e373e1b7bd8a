#!/usr/bin/env node
// Starts the gateway's command line with Node 24, installing it first on a fresh machine. Plain JavaScript for old Node.js.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildConsole, installDependencies, node24, root } from './install.mjs'

// The Dockerfile starts with the same flags and environment. What each is worth stands in gateway/docs/performance.md.
const flags = [
  // The collector follows what is in use instead of letting the heap grow; its youngest part stays small.
  '--optimize-for-size',
  '--max-semi-space-size=4',
  // For each of the three threads: Node.js loads its own modules as they are needed instead of all of them from its image, and
  // V8 does not copy its built-in functions beside the compiled ones.
  '--no-node-snapshot',
  '--no-short-builtin-calls',
  // Functions that run now and then stay bytecode; what runs often is optimized all the same.
  '--no-sparkplug',
]
const environment = {
  // Keeps the stripped and compiled sources from one start to the next: half the start time, and no TypeScript parser in memory.
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'hallwatt'),
  // glibc keeps a heap for every thread and returns little of it.
  MALLOC_ARENA_MAX: '2',
  // Large blocks go back to the system when they are freed. By itself glibc learns from the first freed one (hashing a password
  // takes 16 MB) to keep the next ones for ever.
  MALLOC_MMAP_THRESHOLD_: '262144',
  MALLOC_TRIM_THRESHOLD_: '262144',
  ...process.env,
}

installDependencies()
const node = node24()
if (['demo', 'run'].includes(process.argv[2])) buildConsole()
const args = [...flags, join(root, 'gateway', 'src', 'main.ts'), ...process.argv.slice(2)]
if (process.execve && process.platform !== 'win32') become()
else stayAsParent()

/** This process turns into the gateway: no launcher stays in memory, and signals and exit code are the gateway's own. */
function become() {
  process.execve(node, [node, ...args], environment)
}

/** Node.js before 22.15 cannot do that. */
function stayAsParent() {
  const child = spawn(node, args, { stdio: 'inherit', env: environment })
  // Ctrl-C reaches the child by itself (same process group); a supervisor's signal reaches only us.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}
