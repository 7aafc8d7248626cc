/** Two workers under pm2: `pm2 start examples/worker-group/ecosystem.config.cjs`, `pm2 reload workers`. */
module.exports = {
  apps: [
    {
      name: 'workers',
      script: 'examples/worker-group/worker.ts',
      // Processes of their own. They share no port, so there is nothing for pm2's cluster mode to share out.
      exec_mode: 'fork',
      instances: 2,
      interpreter_args: '-r ts-node/register/transpile-only',
      // pm2 numbers the instances from 0 in this variable.
      instance_var: 'WORKER',
      // The next one is restarted when this one is ready.
      wait_ready: true,
      // Longer than a handler may run: pipeRevokeMs of the gateway is 10 s.
      kill_timeout: 12_000,
      env: { STANDPIPE_PORT: '6001' },
    },
  ],
};
