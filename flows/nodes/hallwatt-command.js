const flowName = require('./lib/flow-name.js')

/**
 * Asks the gateway to command a device: by the allow-list, role, interlocks and audit that hold for everybody. What the fields
 * leave open comes from the message: `device`, `command`, `value` (or `payload`), `reason`, `revertAfterS`. First output: confirmed
 * by a reading; second: refused, failed or unproved. `payload` is the record of the command, or the refusal.
 */
module.exports = (RED) => {
  function HallwattCommand(config) {
    RED.nodes.createNode(this, config)
    this.on('input', async (msg, send, done) => {
      const value = config.takes === 'nothing' ? undefined : (msg.value ?? msg.payload)
      const { reason, revertAfterS } = msg
      const ask = {
        device: config.device || msg.device,
        command: config.command || msg.command,
        value,
        reason,
        revertAfterS,
      }
      const given = Object.fromEntries(Object.entries(ask).filter(([, one]) => one !== undefined && one !== ''))
      if (!given.device || !given.command) return done(new Error(RED._('hallwatt-command.missing')))
      this.status({ fill: 'blue', shape: 'ring', text: `${given.device} ${given.command}` })
      const answer = await RED.settings.hallwatt.ask({ what: 'command', flow: flowName(RED, this), ...given })
      const record = answer.ok ? answer.value : answer
      const confirmed = answer.ok && record.state === 'confirmed'
      this.status({
        fill: confirmed ? 'green' : 'red',
        shape: 'dot',
        text: `${given.device} ${record.state ?? ''} ${record.code ?? ''}`.trim(),
      })
      const told = { ...msg, payload: record }
      send(confirmed ? [told, null] : [null, told])
      done()
    })
  }
  RED.nodes.registerType('hallwatt command', HallwattCommand)
}
