/**
 * Shows the one-time password of the first administrator to whoever starts the gateway. It is written to the terminal's error
 * stream, past the log: it is told once, and worthless after the first login.
 */
export function showFirstAdmin({ user, password }: { user: string; password: string }): void {
  process.stderr.write(
    `\n  首次启动：用户 ${user}，一次性口令 ${password}（首次登录时须更改）\n  First start: user ${user}, one-time password ${password} (to be changed at the first login)\n\n`,
  )
}
