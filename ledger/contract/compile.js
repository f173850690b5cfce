// Compiles AnchorLog.sol with the solc of npm and prints AnchorLog.json; README.md says how to run it.
const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const solc = require("solc");

const NAME = "AnchorLog";
const source = fs.readFileSync(path.join(__dirname, `${NAME}.sol`), "utf8");
const settings = {
  evmVersion: "paris",
  optimizer: { enabled: true, runs: 200 },
  outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
};
const input = { language: "Solidity", sources: { [`${NAME}.sol`]: { content: source } }, settings };
const output = JSON.parse(solc.compile(JSON.stringify(input)));
if (output.errors) {
  console.error(output.errors.map((error) => error.formattedMessage).join("\n"));
  process.exit(1);
}
const contract = output.contracts[`${NAME}.sol`][NAME];
const { outputSelection, ...chosen } = settings;
const compiled = {
  contract: NAME,
  source: `${NAME}.sol`,
  source_sha256: crypto.createHash("sha256").update(source).digest("hex"),
  compiler: `solc ${solc.version()}`,
  settings: chosen,
  abi: contract.abi,
  bytecode: `0x${contract.evm.bytecode.object}`,
};
console.log(JSON.stringify(compiled, null, 2));
