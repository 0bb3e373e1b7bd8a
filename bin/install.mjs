// Runs on whatever Node.js the machine has (20 or newer): plain JavaScript, built-in modules only.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Installs what package-lock.json names when node_modules is missing or older than the lockfile. Ends the process on failure. */
export function installDependencies() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  const lockfile = join(root, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs) return
  process.stderr.write('Hallwatt: installing dependencies (npm install), about half a minute …\n')
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm']
  // Not `npm ci`: it refuses a lockfile that lacks the packages of other platforms (musl, macOS, Windows), which no Linux
  // machine installs and which small company registries do not carry. Versions and checksums come from the lockfile here too.
  const flags = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync(npm[0], [...npm.slice(1), 'install', ...flags], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) {
    process.stderr.write(
      'HW_INSTALL_FAILED: npm install failed, see above. Check that the npm registry can be reached.\n',
    )
    process.exit(1)
  }
  const now = new Date()
  utimesSync(installed, now, now) // npm leaves its note untouched when there was nothing to do
}

/**
 * The Node.js 24 to run with: the one in this process when it is new enough, else the one that npm installed beside us.
 * Ends the process with one clear sentence when there is neither.
 */
export function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const brought = join(root, 'node_modules', '.bin', 'node')
  if (existsSync(brought)) return brought
  process.stderr.write(
    `HW_NODE_TOO_OLD: Hallwatt needs Node.js 24 or newer, this is ${process.versions.node}, and npm brought none for ` +
      `${process.platform}-${process.arch}. Install Node 24 from https://nodejs.org and start again.\n`,
  )
  process.exit(1)
}
