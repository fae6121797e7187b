/** Builds the program and shows what it does with the shop in examples/, as a new user would try it. */
import { spawnSync } from 'node:child_process';

function run(command, args, expected) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (!expected.includes(status)) {
    console.error(`${command} ${args.join(' ')} ended with ${status}`);
    process.exit(1);
  }
}

function show(says, args, expected) {
  console.log(`\n── ${says}\n$ service-topology ${args.join(' ')}\n`);
  run(process.execPath, ['dist/cli.js', ...args], expected);
}

run(process.execPath, ['scripts/build.mjs'], [0]);
show('What is wrong with this shop?', ['check', 'examples/shop'], [1]);
show(
  'Why does the front end not reach web?',
  ['trace', 'examples/shop', '--from', 'deployment/shop/front', '--to', 'http://web/'],
  [0],
);
show(
  'And how a request goes that arrives:',
  ['trace', 'examples/shop', '--from', 'deployment/shop/front', '--to', 'http://catalog/'],
  [0],
);

console.log(`
── Next
In VS Code:    npm run package, then code --install-extension dist/service-topology.vsix, and open examples/shop
Command line:  npm link puts service-topology on your PATH; service-topology --help lists the commands
`);
