export { default as load, initSync } from "okta-groups-core";
