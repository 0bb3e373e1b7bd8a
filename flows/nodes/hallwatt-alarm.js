const PRIORITIES = ['P1', 'P2', 'P3', 'P4']

/**
 * Alarms as they change, the open ones first. `payload` is the alarm, `cause` why it is told now. A message that comes in asks:
 * with `from` and `to` (Unix ms) for the changes in between, without them for the open alarms; `payload` is then a list.
 */
module.exports = (RED) => {
  function HallwattAlarm(config) {
    RED.nodes.createNode(this, config)
    const { hallwatt } = RED.settings
    const least = PRIORITIES.indexOf(config.least || 'P4')
    const stop = config.onChange
      ? hallwatt.onAlarm((alarm) => {
          if (alarm.snapshot && !config.openFirst) return
          if (PRIORITIES.indexOf(alarm.priority) > least) return
          if (config.device && config.device !== alarm.device) return
          this.send({ topic: alarm.id, payload: alarm, cause: alarm.snapshot ? 'open' : alarm.cause })
        })
      : () => {}
    this.on('input', async (msg, send, done) => {
      const { from, to } = msg
      const answer = await hallwatt.ask({ what: 'alarms', ...(from !== undefined && { from, to }) })
      if (!answer.ok) return done(new Error(`${answer.code}: ${answer.message}`))
      send({ ...msg, payload: answer.value })
      done()
    })
    this.on('close', stop)
  }
  RED.nodes.registerType('hallwatt alarm', HallwattAlarm)
}
