// A real OpenID Connect provider (npm oidc-provider) on loopback, for the tests of sign-in.
//
// node provider.mjs PORT ACCOUNTS: ACCOUNTS is a JSON file with the client and the claims of each account by its name.
// An account with `tampered` gets ID tokens that are changed and signed anew, as only a wrong provider could.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [port, path, installed] = process.argv.slice(2);
const load = async (name) => {
  const require = createRequire(join(installed, "package.json"));
  return import(pathToFileURL(require.resolve(name)).href);
};
const { default: Provider } = await load("oidc-provider");
const jose = await load("jose");

const { client, accounts } = JSON.parse(readFileSync(path, "utf8"));
const issuer = `http://localhost:${port}`;
const ours = await jose.generateKeyPair("RS256", { extractable: true });
const strange = await jose.generateKeyPair("RS256", { extractable: true });

const provider = new Provider(issuer, {
  clients: [client],
  jwks: { keys: [{ ...(await jose.exportJWK(ours.privateKey)), kid: "ours", alg: "RS256", use: "sig" }] },
  cookies: { keys: ["a key of the tests"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
  // Streamlit reads the ID token alone.
  conformIdTokenClaims: false,
  scopes: ["openid", "email", "profile", "groups"],
  features: { rpInitiatedLogout: { enabled: true } },
  findAccount: (_, name) => name in accounts && { accountId: name, claims: async () => ({ sub: name, ...accounts[name].claims }) },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid email profile groups");
    await grant.save();
    return grant;
  },
});

async function tampered(token, how) {
  const claims = { ...jose.decodeJwt(token), ...how.claims };
  const key = how.key === "strange" ? strange.privateKey : ours.privateKey;
  return new jose.SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "ours", typ: "JWT" }).sign(key);
}

provider.use(async (ctx, next) => {
  await next();
  const how = ctx.path === "/token" && accounts[ctx.oidc?.account?.accountId]?.tampered;
  if (how && ctx.body?.id_token) ctx.body.id_token = await tampered(ctx.body.id_token, how);
});

provider.listen(Number(port), "127.0.0.1");
