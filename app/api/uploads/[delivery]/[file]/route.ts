import { receiveUpload } from "@/server/intake/upload";

export const dynamic = "force-dynamic";

/** The bytes of one announced file. Streamed: nothing between the socket and the object store holds a file. */
export const PUT = receiveUpload;
