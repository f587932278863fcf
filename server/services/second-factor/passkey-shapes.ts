import { z } from "zod";

const Encoded = z.string().min(1).max(20_000);
const Credential = {
  id: Encoded,
  rawId: Encoded,
  type: z.literal("public-key"),
  authenticatorAttachment: z.enum(["platform", "cross-platform"]).optional(),
  clientExtensionResults: z.object({ credProps: z.object({ rk: z.boolean().optional() }).optional() }),
};

/** What a browser answers when a passkey was made (WebAuthn, RegistrationResponseJSON). */
export const MadePasskey = z.object({
  response: z.object({
    ...Credential,
    response: z.object({ clientDataJSON: Encoded, attestationObject: Encoded, transports: z.array(z.string().max(40)).max(10).optional() }),
  }),
  label: z.string().trim().min(1).max(60),
});

/** What a browser answers when a passkey was used (WebAuthn, AuthenticationResponseJSON). */
export const UsedPasskey = z.object({
  response: z.object({
    ...Credential,
    response: z.object({
      clientDataJSON: Encoded,
      authenticatorData: Encoded,
      signature: Encoded,
      userHandle: Encoded.optional(),
    }),
  }),
});
