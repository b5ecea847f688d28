local parcel = require "herald.parcel"

describe("a parcel", function()
  it("gives back what was packed, byte by byte", function()
    local bundle = {
      dir = "/srv/shop", campaigns = { "a", "b" },
      files = { ["campaigns/a.lua"] = "return 1\n", ["templates/x.bin"] = "\0\255\r\n", ["templates/empty.html"] = "" },
    }
    assert.same(bundle, parcel.unpack(parcel.pack(bundle)))
    assert.same({ dir = "", campaigns = {}, files = {} }, parcel.unpack(parcel.pack { dir = "", campaigns = {}, files = {} }))
  end)
end)
