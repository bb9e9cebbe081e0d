import * as v from "valibot";
import { Token } from "./requests.ts";

/** `POST /v1/receipts` */
export const ReceiptBody = v.strictObject({ token: Token });
