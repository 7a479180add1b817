// SCIMMY with scimmy-routers in an Express app, data in memory.
// Express 4: with Express 5 the numbers of count and startIndex get lost on their way through scimmy-routers 1.3.
// Usage: node scimmy.mjs PORT [TOKEN]      base URL http://127.0.0.1:PORT/scim/v2
import {randomUUID} from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const [port, token] = process.argv.slice(2);
const stored = {User: new Map(), Group: new Map()};

// The library leaves the store to the application: ids, uniqueness and what is not found are decided here.
const declare = (Type, kind, unique) => {
    const store = stored[kind];
    SCIMMY.Resources.declare(Type, {
        ingress: (resource, data) => {
            const now = new Date();
            const known = resource.id ? store.get(resource.id) : undefined;
            if (resource.id && !known) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
            const plain = JSON.parse(JSON.stringify(data));
            for (const other of store.values()) {
                if (other.id !== resource.id && other[unique]?.toLowerCase() === plain[unique]?.toLowerCase()) {
                    throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is in use`);
                }
            }
            const id = resource.id ?? randomUUID();
            store.set(id, {...plain, id, meta: {created: known?.meta.created ?? now, lastModified: now}});
            return store.get(id);
        },
        egress: (resource) => {
            if (!resource.id) return resource.filter ? resource.filter.match([...store.values()]) : [...store.values()];
            if (!store.has(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
            return store.get(resource.id);
        },
        degress: (resource) => {
            if (!store.delete(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
            for (const group of stored.Group.values()) group.members = group.members?.filter(({value}) => value !== resource.id);
        },
    });
};
SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);
declare(SCIMMY.Resources.User, "User", "userName");
declare(SCIMMY.Resources.Group, "Group", "displayName");

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
    type: "bearer",
    docUri: "https://example.com/",
    handler: (request) => {
        if (token && request.header("Authorization") !== `Bearer ${token}`) throw new Error("the token is not known");
        return "simulator";
    },
}));
app.listen(Number(port), "127.0.0.1");
