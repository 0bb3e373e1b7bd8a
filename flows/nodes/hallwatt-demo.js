const flowName = require('./lib/flow-name.js')

/** Starts, stops or asks about a demo scenario. First output: what the gateway answered; second: why it would not. */
module.exports = (RED) => {
  function HallwattDemo(config) {
    RED.nodes.createNode(this, config)
    this.on('input', async (msg, send, done) => {
      const scenario = config.scenario || msg.scenario
      if (!scenario) return done(new Error(RED._('hallwatt-demo.missing')))
      const act = config.act || msg.act || 'state'
      const answer = await RED.settings.hallwatt.ask({ what: 'demo', flow: flowName(RED, this), act, scenario })
      this.status(answer.ok ? {} : { fill: 'red', shape: 'dot', text: answer.code })
      const told = { ...msg, payload: answer.ok ? answer.value : answer }
      send(answer.ok ? [told, null] : [null, told])
      done()
    })
  }
  RED.nodes.registerType('hallwatt demo', HallwattDemo)
}
